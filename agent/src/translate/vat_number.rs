//! VAT numbers of the EU: can a number be right? Form and check digits of every member state, as the
//! member states publish them (European Commission, "VIES: structure of VAT numbers" for the forms).
//! Whether somebody holds the number only the register (VIES) knows.

/// Could the number be right? Letters and digits, upper case, with the country's prefix (EL for
/// Greece). A number of a country outside the EU is only looked at for its length.
#[must_use]
pub fn is_plausible(number: &str) -> bool {
    let Some((prefix, rest)) = number.split_at_checked(2) else {
        return false;
    };
    let fits = match prefix {
        "AT" => austria(rest),
        "BE" => belgium(rest),
        "BG" => bulgaria(rest),
        "CY" => cyprus(rest),
        "CZ" => czechia(rest),
        "DE" => digits(rest, 9).is_some_and(|d| d.first() != Some(&0) && iso_7064_11_10(&d)),
        "DK" => digits(rest, 8)
            .is_some_and(|d| weighed(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)),
        "EE" => digits(rest, 9).is_some_and(|d| {
            let sum = weighed(&d, &[3, 7, 1, 3, 7, 1, 3, 7]);
            (10 - sum % 10) % 10 == last(&d)
        }),
        "EL" => digits(rest, 9).is_some_and(|d| {
            let sum = weighed(&d, &[256, 128, 64, 32, 16, 8, 4, 2]);
            sum % 11 % 10 == last(&d)
        }),
        "ES" => spain(rest),
        "FI" => digits(rest, 8).is_some_and(|d| {
            let check = 11 - weighed(&d, &[7, 9, 10, 5, 8, 4, 2]) % 11;
            check != 10 && check % 11 == last(&d)
        }),
        "FR" => france(rest),
        "HR" => digits(rest, 11).is_some_and(|d| iso_7064_11_10(&d)),
        "HU" => digits(rest, 8).is_some_and(|d| {
            let sum = weighed(&d, &[9, 7, 3, 1, 9, 7, 3]);
            (10 - sum % 10) % 10 == last(&d)
        }),
        "IE" => ireland(rest),
        "IT" => digits(rest, 11).is_some_and(|d| luhn(&d)),
        "LT" => lithuania(rest),
        "LU" => digits(rest, 8).is_some_and(|d| value(&d[..6]) % 89 == value(&d[6..])),
        "LV" => latvia(rest),
        "MT" => digits(rest, 8)
            .is_some_and(|d| 37 - weighed(&d, &[3, 4, 6, 7, 8, 9]) % 37 == value(&d[6..])),
        "NL" => netherlands(number, rest),
        "PL" => digits(rest, 10)
            .is_some_and(|d| weighed(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last(&d)),
        "PT" => digits(rest, 9).is_some_and(|d| {
            let check = 11 - weighed(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            (if check > 9 { 0 } else { check }) == last(&d)
        }),
        "RO" => romania(rest),
        "SE" => digits(rest, 12).is_some_and(|d| luhn(&d[..10]) && value(&d[10..]) > 0),
        "SI" => digits(rest, 8).is_some_and(|d| {
            let check = 11 - weighed(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            d.first() != Some(&0) && check != 11 && check % 10 == last(&d)
        }),
        "SK" => {
            digits(rest, 10).is_some_and(|d| d.first() != Some(&0) && value(&d).is_multiple_of(11))
        }
        _ => return (4..=14).contains(&number.len()),
    };
    fits && number.is_ascii()
}

/// Exactly so many digits.
fn digits(text: &str, count: usize) -> Option<Vec<u64>> {
    let digits: Vec<u64> = text
        .chars()
        .map(|c| c.to_digit(10).map(u64::from))
        .collect::<Option<_>>()?;
    (digits.len() == count).then_some(digits)
}

/// Digits times weights, as far as there are weights.
fn weighed(digits: &[u64], weights: &[u64]) -> u64 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

fn value(digits: &[u64]) -> u64 {
    digits.iter().fold(0, |value, digit| value * 10 + digit)
}

fn last(digits: &[u64]) -> u64 {
    digits.last().copied().unwrap_or_default()
}

/// Every second digit from the one before the last doubled, the sum of all digits a multiple of ten.
fn luhn(digits: &[u64]) -> bool {
    let sum: u64 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match digit * (1 + at as u64 % 2) {
            twice if twice > 9 => twice - 9,
            once => once,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// ISO 7064, modulus 11,10.
fn iso_7064_11_10(digits: &[u64]) -> bool {
    let Some((check, rest)) = digits.split_last() else {
        return false;
    };
    let product = rest.iter().fold(10, |product, digit| {
        let sum = match (digit + product) % 10 {
            0 => 10,
            sum => sum,
        };
        2 * sum % 11
    });
    (11 - product) % 10 == *check
}

fn austria(rest: &str) -> bool {
    let Some(d) = rest.strip_prefix('U').and_then(|rest| digits(rest, 8)) else {
        return false;
    };
    let sum: u64 = d
        .iter()
        .take(7)
        .zip([1, 2, 1, 2, 1, 2, 1])
        .map(|(digit, weight)| digit * weight / 10 + digit * weight % 10)
        .sum();
    (10 - (sum + 4) % 10) % 10 == last(&d)
}

/// Ten digits, the last two 97 less the rest modulo 97.
fn belgium(rest: &str) -> bool {
    digits(rest, 10).is_some_and(|d| {
        d.first().is_some_and(|first| *first < 2) && 97 - value(&d[..8]) % 97 == value(&d[8..])
    })
}

fn bulgaria(rest: &str) -> bool {
    if let Some(d) = digits(rest, 9) {
        let mut check = weighed(&d, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
        if check == 10 {
            check = weighed(&d, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11;
        }
        return check % 10 == last(&d);
    }
    // A citizen, a foreigner, or neither.
    digits(rest, 10).is_some_and(|d| {
        let other = 11 - weighed(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        weighed(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last(&d)
            || weighed(&d, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last(&d)
            || (other != 10 && other % 11 == last(&d))
    })
}

fn cyprus(rest: &str) -> bool {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((number, letter)) = rest.split_at_checked(8) else {
        return false;
    };
    let Some(d) = digits(number, 8) else {
        return false;
    };
    let sum: u32 = d
        .iter()
        .enumerate()
        .map(|(at, digit)| {
            let plain = u32::try_from(*digit).unwrap_or_default();
            match at % 2 {
                0 => usize::try_from(*digit)
                    .ok()
                    .and_then(|digit| ODD.get(digit).copied())
                    .unwrap_or_default(),
                _ => plain,
            }
        })
        .sum();
    letter_at("ABCDEFGHIJKLMNOPQRSTUVWXYZ", sum % 26) == Some(letter)
}

fn letter_at(alphabet: &str, at: u32) -> Option<&str> {
    let at = usize::try_from(at).ok()?;
    alphabet.get(at..=at)
}

/// A company's eight digits; a person's birth number of nine (before 1954, without a check digit) or
/// ten.
fn czechia(rest: &str) -> bool {
    if let Some(d) = digits(rest, 8) {
        let check = 11 - weighed(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11;
        return check % 10 == last(&d);
    }
    digits(rest, 9).is_some()
        || digits(rest, 10).is_some_and(|d| {
            value(&d).is_multiple_of(11) || (value(&d[..9]) % 11 == 10 && last(&d) == 0)
        })
}

const SPANISH: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

/// A company (letter, seven digits, check digit or letter), a citizen (eight digits, letter), a
/// foreigner (X, Y or Z, seven digits, letter), or one of the rarer K, L and M.
fn spain(rest: &str) -> bool {
    if rest.len() != 9 || !rest.is_ascii() {
        return false;
    }
    let (first, middle, check) = (&rest[..1], &rest[1..8], &rest[8..]);
    let by_23 = |number: u64| {
        u32::try_from(number % 23)
            .ok()
            .and_then(|at| letter_at(SPANISH, at))
            == Some(check)
    };
    if let Some(d) = digits(&rest[..8], 8) {
        return by_23(value(&d));
    }
    let Some(d) = digits(middle, 7) else {
        return false;
    };
    match first {
        "X" | "K" | "L" | "M" => by_23(value(&d)),
        "Y" => by_23(value(&d) + 10_000_000),
        "Z" => by_23(value(&d) + 20_000_000),
        _ if "ABCDEFGHJNPQRSUVW".contains(first) => {
            let sum: u64 = d
                .iter()
                .enumerate()
                .map(|(at, digit)| match at % 2 {
                    0 => digit * 2 / 10 + digit * 2 % 10,
                    _ => *digit,
                })
                .sum();
            let control = (10 - sum % 10) % 10;
            let letter = u32::try_from(control)
                .ok()
                .and_then(|at| letter_at("JABCDEFGHI", at));
            let as_digit = check.parse() == Ok(control);
            let as_letter = letter == Some(check);
            match first {
                "N" | "P" | "Q" | "R" | "S" | "W" => as_letter,
                "A" | "B" | "E" | "H" => as_digit,
                _ => as_digit || as_letter,
            }
        }
        _ => false,
    }
}

/// Two characters and the company's nine digits; two digits in front are a check over these.
fn france(rest: &str) -> bool {
    let Some((key, number)) = rest.split_at_checked(2) else {
        return false;
    };
    let Some(d) = digits(number, 9) else {
        return false;
    };
    // Monaco's begin with 000 and bear no check digit of their own.
    if !(luhn(&d) || number.starts_with("000")) {
        return false;
    }
    match digits(key, 2) {
        Some(key) => value(&key) == (12 + 3 * (value(&d) % 97)) % 97,
        None => key
            .chars()
            .all(|c| c.is_ascii_digit() || (c.is_ascii_uppercase() && c != 'O' && c != 'I')),
    }
}

/// Seven digits, a check letter, and since 2013 perhaps one more letter; before, a letter in the
/// second place.
fn ireland(rest: &str) -> bool {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let letters = |digits: &[u64], extra: u64| {
        let sum = weighed(digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra;
        u32::try_from(sum % 23)
            .ok()
            .and_then(|at| letter_at(LETTERS, at))
    };
    if !rest.is_ascii() || !(8..=9).contains(&rest.len()) {
        return false;
    }
    if let Some(d) = digits(&rest[..7], 7) {
        let extra = match rest[8..].chars().next() {
            None | Some('W') => 0,
            Some(c @ 'A'..='I') => u64::from(c) - u64::from('A') + 1,
            Some(_) => return false,
        };
        return letters(&d, extra) == Some(&rest[7..8]);
    }
    let old = format!("0{}{}", &rest[2..7], &rest[..1]);
    rest.len() == 8
        && rest[1..2].chars().all(|c| c.is_ascii_uppercase())
        && digits(&old, 7).is_some_and(|d| letters(&d, 0) == Some(&rest[7..8]))
}

/// Nine digits, or twelve for who is registered for a time.
fn lithuania(rest: &str) -> bool {
    let check = |d: &[u64], first: &[u64], second: &[u64]| {
        let sum = match weighed(d, first) % 11 {
            10 => weighed(d, second) % 11 % 10,
            sum => sum,
        };
        sum == last(d) && d.iter().rev().nth(1) == Some(&1)
    };
    digits(rest, 9).is_some_and(|d| check(&d, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 1]))
        || digits(rest, 12).is_some_and(|d| {
            let first = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2];
            check(&d, &first, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4])
        })
}

/// A company's eleven digits, which begin above 3; a person's have no check digit that is published.
fn latvia(rest: &str) -> bool {
    digits(rest, 11).is_some_and(|d| {
        if d.first().is_some_and(|first| *first <= 3) {
            return true;
        }
        let sum = weighed(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6]);
        (sum + last(&d)) % 11 == 3
    })
}

/// The eleven test of citizens' numbers, or modulo 97 of the whole for the numbers given out since
/// 2020.
fn netherlands(number: &str, rest: &str) -> bool {
    let (before, suffix) = rest.split_at_checked(9).unwrap_or_default();
    let Some(d) = digits(before, 9) else {
        return false;
    };
    let branch = suffix
        .strip_prefix('B')
        .is_some_and(|branch| digits(branch, 2).is_some());
    let eleven = (weighed(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * last(&d)).is_multiple_of(11);
    branch && (eleven || modulo_97(number) == Some(1))
}

/// Letters count as 10 to 35, the whole read as one number (ISO 7064).
fn modulo_97(number: &str) -> Option<u32> {
    number.chars().try_fold(0, |rest: u32, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

fn romania(rest: &str) -> bool {
    if !(2..=10).contains(&rest.len()) {
        return false;
    }
    let padded = format!("{rest:0>10}");
    digits(&padded, 10).is_some_and(|d| {
        let sum = 10 * weighed(&d, &[7, 5, 3, 2, 1, 7, 5, 3, 2]);
        sum % 11 % 10 == last(&d)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::is_plausible;

    /// One number at least of every member state, as examples of them are published.
    const RIGHT: [&str; 37] = [
        "ATU13585627",
        "BE0428759497",
        "BE0123456749",
        "BG175074752",
        "CY10259033P",
        "CZ25123891",
        "CZ7103192745",
        "DE136695976",
        "DK13585628",
        "EE100931558",
        "EL094259216",
        "ESB58378431",
        "ES54362315K",
        "ESX2482300W",
        "ESJ99216582",
        "FI20774740",
        "FR40303265045",
        "FR23334175221",
        "HR33392005961",
        "HU12892312",
        "IE6433435F",
        "IE6433435OA",
        "IE8D79739I",
        "IT00743110157",
        "LT119511515",
        "LT100001919017",
        "LU15027442",
        "LV40003521600",
        "MT11679112",
        "NL004495445B01",
        "NL123456789B13",
        "PL8567346215",
        "PT501964843",
        "RO18547290",
        "SE123456789701",
        "SI50223054",
        "SK2022749619",
    ];

    #[test]
    fn vat_numbers_of_every_member_state_are_known_by_form_and_check_digit() {
        for number in RIGHT {
            assert!(is_plausible(number), "{number}");
        }
    }

    #[test]
    fn a_vat_number_with_one_digit_wrong_is_refused() {
        for number in RIGHT {
            // The last digit but for letters behind it; a check modulo 11 or 10 finds any one digit.
            let at = number.rfind(|c: char| c.is_ascii_digit()).unwrap();
            let digit = number[at..=at].parse::<u32>().unwrap();
            let wrong = format!("{}{}{}", &number[..at], (digit + 1) % 10, &number[at + 1..]);
            // The two digits behind a Swedish or a Dutch number are no check.
            if ["SE", "NL004"].iter().any(|skip| number.starts_with(skip)) {
                continue;
            }
            assert!(!is_plausible(&wrong), "{wrong}");
        }
        for wrong in [
            "",
            "B",
            "BE",
            "BE123",
            "ATU1358562",
            "NL123456789X13",
            "DEÀ12345678",
            "FR",
        ] {
            assert!(!is_plausible(wrong), "{wrong}");
        }
    }
}
