//! What a credit says before it is written, and what falls when its owner looks at something else.

use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::VatKind,
    journal::{State, credits::CreditState},
    profile::settings::PerVatKind,
    service::owner::{self, Word},
};
use winkelbrug_protocol::record::{Order, RatePart};

use super::{YES, amount, part, partial, refund};
use crate::import::{
    scene::{Scene, ago},
    shop::{order, rehash},
};

fn sold_at(total: Decimal, net: Decimal) -> Order {
    let mut sold = order(1, "THEE", ago(60));
    sold.total = total;
    sold.money.order_total = total;
    let line = &mut sold.lines[0];
    (line.price, line.total, line.tax) = (net, net, total - net);
    sold.totals[0].amount = net;
    sold.totals[1].amount = total - net;
    sold.totals[2].amount = total;
    rehash(&mut sold);
    sold
}

#[tokio::test]
async fn the_rest_of_a_cancelled_order_shows_the_vat_the_books_will_compute() {
    let scene = Scene::new(vec![sold_at(dec!(11.32), dec!(9.36))]);
    scene.run().await;
    scene.invoice_all().await;
    let mut back = partial("r1");
    back.total = dec!(1.30);
    back.lines[0].parts = vec![part(dec!(1.07), dec!(0.23))];
    scene.give_back(back);
    scene.run().await;
    scene.say(YES);
    scene.run().await;
    scene.cancel_in_shop();
    scene.runs(2).await;
    let rest = &scene.journal.order("proef", "1001").unwrap().credits[1];
    let plan = rest.plan.as_ref().unwrap();
    assert_eq!(plan.expected.incl, dec!(-10.02));
    assert_eq!(plan.expected.vat["21"], dec!(-1.74));
    assert_eq!(plan.expected.excl, dec!(-8.28));
    let told = |note: &winkelbrug::text::Text| note.nl.contains("-1,74 in plaats van -1,73");
    assert!(plan.notes.iter().any(told), "{:?}", plan.notes);
}

#[tokio::test]
async fn a_rate_nothing_on_the_order_bears_is_refused_and_one_it_bears_is_for_one_credit() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.give_back(amount("r2"));
    scene.run().await;
    let listed = scene.listed("1001");
    let asks = |text: &winkelbrug::text::Text| {
        text.nl
            .contains("credit proef 1001 --number 2 --rate 21 --yes")
    };
    assert!(listed.attention.iter().any(asks), "{listed:?}");
    let say = |number, rate| {
        let word = Word {
            number,
            rate: Some(rate),
            yes: true,
            no_money: false,
        };
        owner::credit(&scene.journal, "proef", "1001", word, scene.now())
    };
    let refused = say(None, dec!(21)).unwrap_err();
    assert_eq!(refused.code, "which-credit");
    assert!(refused.hint.nl.contains("--number 2 --rate 21 --yes"));
    let refused = say(Some(2), dec!(9)).unwrap_err();
    assert_eq!(refused.code, "rate-not-borne");
    assert!(refused.hint.nl.ends_with(": 21."), "{:?}", refused.hint);
    let waits = |n| (n, CreditState::Waits);
    assert_eq!(scene.credits(), [waits(1), waits(2)], "nothing changed");
    say(Some(2), dec!(21)).unwrap();
    assert_eq!(scene.credits(), [waits(1), (2, CreditState::Approved)]);
}

#[tokio::test]
async fn looking_at_an_order_tells_the_credit_that_is_left_to_its_owner() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    let now = scene.now();
    let left = owner::skip(&scene.journal, "proef", "1001", "bekeken", now).unwrap();
    let words = left.words().unwrap().nl;
    assert!(words.ends_with("creditering 1 van 6,05."), "{words}");
    let history = scene.journal.order("proef", "1001").unwrap().history;
    assert!(
        history.iter().any(|event| event.text.nl.ends_with(&words)),
        "{history:?}"
    );
}

fn with_a_levy(percent: Decimal, vat: Decimal) -> Order {
    let mut sold = sold_at(dec!(24.20), dec!(20));
    let line = &mut sold.lines[0];
    line.quantity = dec!(2);
    line.price = dec!(10);
    line.tax = dec!(2.10);
    line.total_incl = Some(dec!(24.20));
    line.levy = Some(RatePart {
        percent,
        net: dec!(1),
        vat,
    });
    rehash(&mut sold);
    sold
}

async fn scene_with_a_levy(sold: Order) -> Scene {
    let mut scene = Scene::new(vec![sold]);
    scene.books.stocked_article("HEFFING").await;
    let codes = [(VatKind::Hoog, "HEFFING".to_owned())];
    scene.settings.sales.levy_article = PerVatKind::Each(codes.into());
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    scene
}

#[tokio::test]
async fn the_levy_in_what_is_given_back_comes_back_on_its_own_article() {
    let scene = scene_with_a_levy(with_a_levy(dec!(21), dec!(0.21))).await;
    scene.give_back(refund("r1"));
    scene.run().await;
    let credit = &scene.journal.order("proef", "1001").unwrap().credits[0];
    let plan = credit.plan.as_ref().unwrap();
    let lines: Vec<(&str, Decimal)> = plan
        .order
        .lines
        .iter()
        .map(|line| (line.code.as_str(), line.quantity * line.unit_price))
        .collect();
    let levy = lines.iter().find(|(code, _)| *code == "HEFFING");
    let levy = levy.map(|(_, amount)| *amount).unwrap_or_default();
    assert!(
        levy == dec!(-0.60) || levy == dec!(-0.61),
        "half of 1,21: {lines:?}"
    );
    assert_eq!(plan.expected.incl, dec!(-12.10));
    assert_eq!(plan.expected.vat["21"], dec!(-2.10));
}

#[tokio::test]
async fn a_levy_at_another_rate_than_its_goods_is_left_to_a_person() {
    let scene = scene_with_a_levy(with_a_levy(dec!(21), dec!(0.21))).await;
    scene.pass_minutes(15);
    let now = scene.now();
    scene.shop.edit("1", Some(now), |order| {
        order.lines[0].levy.as_mut().unwrap().percent = dec!(9);
        order.refunds.push(refund("r1"));
    });
    scene.run().await;
    let credit = &scene.journal.order("proef", "1001").unwrap().credits[0];
    let reason = credit.reason.as_ref().unwrap();
    assert_eq!(reason.code, "credit-heffing");
    assert!(reason.hint.nl.contains("Splits de heffing met de hand"));
}
