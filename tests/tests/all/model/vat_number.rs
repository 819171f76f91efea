//! Can a VAT number be one? Reckoned by hand for the countries the recorded shops sell to without VAT.

/// By its check digits; none of a country that is not told here.
pub fn can_be_one(number: &str) -> Option<bool> {
    let (country, rest) = number.split_at_checked(2)?;
    let digits: Option<Vec<u32>> = rest.chars().map(|c| c.to_digit(10)).collect();
    match country {
        "DE" => Some(digits.is_some_and(|digits| german(&digits))),
        "BE" => Some(digits.is_some_and(|digits| belgian(&digits))),
        "NL" => Some(dutch(number, rest)),
        _ => None,
    }
}

/// Nine digits: each is added, halved into the ring of ten, and doubled into the ring of eleven.
fn german(digits: &[u32]) -> bool {
    let [first @ .., check] = digits else {
        return false;
    };
    let mut product = 10;
    for digit in first {
        let sum = (digit + product) % 10;
        product = if sum == 0 { 10 } else { sum } * 2 % 11;
    }
    digits.len() == 9 && (11 - product) % 10 == *check
}

/// Ten digits, of which the last two are what the others lack of a multiple of 97.
fn belgian(digits: &[u32]) -> bool {
    let number = |digits: &[u32]| digits.iter().fold(0, |sum, digit| sum * 10 + digit);
    digits.len() == 10 && digits[0] <= 1 && 97 - number(&digits[..8]) % 97 == number(&digits[8..])
}

/// Nine digits, a B and two digits: by the older weights, or as a whole by 97 with letters as numbers.
fn dutch(number: &str, rest: &str) -> bool {
    let digits: Vec<u32> = rest.chars().filter_map(|c| c.to_digit(10)).collect();
    if rest.len() != 12 || rest.chars().nth(9) != Some('B') || digits.len() != 11 {
        return false;
    }
    let weights = (2..=9).rev();
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    let by_weights = sum % 11 == digits[8];
    let whole = number.chars().fold(0, |rest, c| match c.to_digit(36) {
        Some(value) if value > 9 => (rest * 100 + value) % 97,
        value => (rest * 10 + value.unwrap_or_default()) % 97,
    });
    by_weights || whole == 1
}
