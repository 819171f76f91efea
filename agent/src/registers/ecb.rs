//! The European Central Bank's reference rates of the last 90 days.

use jiff::civil::Date;
use quick_xml::{Reader, events::Event};
use rust_decimal::Decimal;

use super::http;
use crate::books::OfferedRate;

/// Most bytes of an answer: 90 days of some 30 currencies are far below.
const MOST: usize = 4 << 20;

/// The oldest rate that is offered for a day: over Easter or Christmas none is published for up to
/// four days.
const OLDEST: i32 = 7;

/// What asking for a rate came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The rate of the day, or of the last working day before.
    Rate(OfferedRate),
    /// The ECB answers, and publishes none for that day or currency.
    NonePublished,
    /// It cannot be reached, or does not answer with its list.
    Unreachable,
}

/// The rate of that currency for that day.
pub async fn rate(address: &str, currency: &str, day: Date) -> Answer {
    match list(address).await {
        Some(text) => read(&text, currency, day),
        None => Answer::Unreachable,
    }
}

async fn list(address: &str) -> Option<String> {
    let (client, url) = http::client(address)?;
    let response = client.get(url).send().await.ok()?;
    let response = response.error_for_status().ok()?;
    let body = http::body(response, MOST).await?;
    String::from_utf8(body).ok()
}

/// `<Cube time="2026-11-20"><Cube currency="USD" rate="1.0871"/>…</Cube>`, a day each.
fn read(text: &str, currency: &str, day: Date) -> Answer {
    let mut reader = Reader::from_str(text);
    let (mut of, mut best): (Option<Date>, Option<OfferedRate>) = (None, None);
    loop {
        let element = match reader.read_event() {
            // Without a single day it is no list of rates.
            Err(_) => return Answer::Unreachable,
            Ok(Event::Eof) if of.is_none() => return Answer::Unreachable,
            Ok(Event::Eof) => return best.map_or(Answer::NonePublished, Answer::Rate),
            Ok(Event::Start(element) | Event::Empty(element)) => element,
            Ok(_) => continue,
        };
        let value = |name: &str| -> Option<String> {
            let attribute = element.try_get_attribute(name).ok()??;
            Some(String::from_utf8_lossy(&attribute.value).into_owned())
        };
        if let Some(time) = value("time") {
            of = time.parse().ok();
        }
        let (Some(published), Some(code), Some(rate)) = (of, value("currency"), value("rate"))
        else {
            continue;
        };
        let rate = rate.parse::<Decimal>().ok();
        let near = published <= day && (day - published).get_days() <= OLDEST;
        let later = best.as_ref().is_none_or(|best| best.day < published);
        if let Some(rate) = rate.filter(|rate| {
            code.eq_ignore_ascii_case(currency) && near && later && *rate > Decimal::ZERO
        }) {
            best = Some(OfferedRate {
                currency: code,
                rate,
                day: published,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::dec;

    use super::{Answer, read};

    const RATES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
        <Cube><Cube time="2026-11-23"><Cube currency="USD" rate="1.0900"/><Cube currency="GBP" rate="0.8700"/></Cube>
        <Cube time="2026-11-20"><Cube currency="USD" rate="1.0871"/><Cube currency="GBP" rate="0.8653"/></Cube></Cube>
        </gesmes:Envelope>"#;

    #[test]
    fn the_rate_offered_is_of_the_orders_day_or_the_last_working_day_before() {
        let at = |day| match read(RATES, "GBP", day) {
            Answer::Rate(rate) => Some((rate.rate, rate.day)),
            other => {
                assert_eq!(other, Answer::NonePublished);
                None
            }
        };
        assert_eq!(
            at(date(2026, 11, 23)),
            Some((dec!(0.8700), date(2026, 11, 23)))
        );
        assert_eq!(
            at(date(2026, 11, 22)),
            Some((dec!(0.8653), date(2026, 11, 20)))
        );
        assert_eq!(at(date(2026, 11, 19)), None);
        assert_eq!(at(date(2026, 12, 24)), None);
        let other = read(RATES, "XYZ", date(2026, 11, 23));
        assert_eq!(other, Answer::NonePublished);
        let none = read("no list", "GBP", date(2026, 11, 23));
        assert_eq!(none, Answer::Unreachable);
    }
}
