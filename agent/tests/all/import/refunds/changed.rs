//! What the shop or the books say otherwise after a refund was shown, agreed to or credited.

use winkelbrug::{administration::Administration as _, service::action::Which};

use super::*;

impl Scene {
    fn change_refund(&self, change: impl FnOnce(&mut Vec<Refund>)) {
        self.pass_minutes(15);
        self.shop
            .edit("1", Some(self.now()), |order| change(&mut order.refunds));
    }

    fn items(&self) -> Vec<String> {
        let listed = self.listed("1001");
        listed
            .attention
            .iter()
            .map(|text| text.nl.clone())
            .collect()
    }

    fn reason(&self, n: usize) -> String {
        let credits = self.journal.order("proef", "1001").unwrap().credits;
        let reason = credits[n - 1].reason.clone();
        reason.map(|reason| reason.code).unwrap_or_default()
    }

    async fn written_with_credit() -> Self {
        let scene = Self::new(vec![order(1, "THEE", ago(60))]);
        scene.run().await;
        scene.give_back(partial("r1"));
        scene.run().await;
        scene.say(YES);
        scene.run().await;
        assert_eq!(scene.in_the_books().await.len(), 2);
        scene
    }

    fn retry(&self) -> winkelbrug::failure::Result<u64> {
        let which = Which::Order("1001".into());
        owner::retry(&self.journal, "proef", &which, false, self.now())
    }
}

#[tokio::test]
async fn a_yes_is_for_what_was_shown_and_another_amount_asks_again() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.say(YES);
    scene.change_refund(|refunds| refunds[0] = refund("r1"));
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 1);
    assert_eq!(scene.reason(1), "credit-veranderd");
    let items = scene.items();
    assert!(
        items[0].contains("6,05") && items[0].contains("12,10"),
        "{items:?}"
    );
    scene.say(YES);
    scene.run().await;
    assert_eq!(scene.in_the_books().await, both());
}

#[tokio::test]
async fn a_yes_with_a_rate_is_for_the_amount_that_asked_it() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(amount("r1"));
    scene.run().await;
    assert!(scene.items()[0].contains("credit proef 1001 --number 1 --rate 21 --yes"));
    scene.say(Word {
        rate: Some(dec!(21)),
        ..YES
    });
    scene.change_refund(|refunds| {
        refunds[0].total = dec!(9);
        refunds[0].adjustment = dec!(9);
    });
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 1);
    scene.say(YES);
    scene.run().await;
    assert_eq!(scene.in_the_books().await[1].1, dec!(-9.00));
}

#[tokio::test]
async fn a_refund_made_anew_after_its_credit_was_written_waits_for_a_yes_also_where_all_are_written()
 {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.settings.sales.refunds = Refunds::Write;
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 2);
    scene.change_refund(|refunds| refunds[0].id = "r2".into());
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 2, "not twice");
    let items = scene.items();
    assert!(
        items
            .iter()
            .any(|item| item.contains("1001-C1") && item.contains("verwijderd")),
        "{items:?}"
    );
    assert_eq!(scene.credits()[1], (2, CreditState::Waits));
}

#[tokio::test]
async fn a_refund_edited_after_its_credit_was_written_is_one_item_until_it_is_looked_at() {
    let scene = Scene::written_with_credit().await;
    scene.change_refund(|refunds| refunds[0] = refund("r1"));
    scene.runs(2).await;
    let items = scene.items();
    assert_eq!(items.len(), 1, "{items:?}");
    assert!(
        items[0].contains("6,05") && items[0].contains("12,10"),
        "{items:?}"
    );
    scene.look();
    scene.change_refund(|refunds| refunds[0].comment.push('.'));
    scene.run().await;
    assert!(scene.items().is_empty(), "words do not matter");
    scene.change_refund(|refunds| refunds.clear());
    scene.run().await;
    assert_eq!(scene.items().len(), 1);
}

#[tokio::test]
async fn nothing_is_credited_on_an_order_that_was_deleted_from_the_books_by_hand() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    scene.say(YES);
    let id = scene.books.really_orders().await[0].id.clone();
    scene.books.delete_order(&id).await.unwrap();
    scene.pass_minutes(15);
    scene.run().await;
    assert!(scene.in_the_books().await.is_empty());
    assert_eq!(scene.reason(1), "order-weg");
    assert_eq!(scene.items().len(), 1);
}

#[tokio::test]
async fn a_cancelled_order_is_not_deleted_from_under_its_written_credit() {
    let scene = Scene::written_with_credit().await;
    scene.cancel_in_shop();
    scene.run().await;
    let refused = owner::cancel(&scene.journal, "proef", "1001", scene.now()).unwrap_err();
    assert_eq!(refused.code, "credit-stays");
    assert!(refused.text.nl.contains("1001-C1"), "{:?}", refused.text);
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 2);
}

#[tokio::test]
async fn what_was_looked_at_comes_back_only_with_a_change_that_matters() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    let edit = |change: fn(&mut Order)| {
        scene.pass_minutes(15);
        scene.shop.edit("1", Some(scene.now()), change);
    };
    edit(|order| order.invoice_address.city = "Leiden".into());
    scene.run().await;
    assert_eq!(scene.items().len(), 1);
    scene.look();
    edit(|order| order.comment.push('.'));
    scene.run().await;
    assert!(scene.items().is_empty());
    edit(|order| order.invoice_address.city = "Breda".into());
    scene.run().await;
    assert_eq!(scene.items().len(), 1);
}

#[tokio::test]
async fn an_order_deleted_on_a_yes_and_restored_in_the_shop_is_written_anew_once() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.cancel_in_shop();
    scene.run().await;
    owner::cancel(&scene.journal, "proef", "1001", scene.now()).unwrap();
    scene.run().await;
    assert!(scene.in_the_books().await.is_empty());
    assert!(scene.retry().is_err(), "still cancelled");
    scene.reinstate();
    scene.run().await;
    let items = scene.items();
    assert!(
        items[0].contains("winkelbrug retry proef 1001"),
        "{items:?}"
    );
    scene.retry().unwrap();
    scene.pass_minutes(15);
    scene.books.mood(What::Order, Mood::CutAfter);
    scene.runs(6).await;
    assert_eq!(scene.state("1001"), State::Written);
    assert_eq!(
        scene.in_the_books().await,
        [("1001".to_owned(), dec!(12.10))]
    );
    assert!(scene.items().is_empty());
    assert!(scene.retry().is_err(), "once");
}

#[tokio::test]
async fn a_refund_on_a_cancelled_order_leaves_the_rest_to_the_credit_of_all_of_it() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.invoice_all().await;
    scene.cancel_in_shop();
    scene.run().await;
    scene.give_back(partial("r1"));
    scene.run().await;
    let credits = scene.journal.order("proef", "1001").unwrap().credits;
    let back: Vec<Option<Decimal>> = credits.iter().map(|one| one.gives_back()).collect();
    assert_eq!(back, [Some(dec!(6.05)), Some(dec!(6.05))]);
    assert!(
        scene
            .items()
            .iter()
            .all(|item| !item.contains("niet meer bekend"))
    );
}

#[tokio::test]
async fn a_refund_of_nothing_is_passed_over_and_one_below_zero_waits_with_words() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    let mut nothing = amount("r1");
    (nothing.total, nothing.adjustment) = (dec!(0), dec!(0));
    scene.give_back(nothing);
    scene.run().await;
    assert!(scene.credits().is_empty() && scene.items().is_empty());
    let mut below = amount("r2");
    (below.total, below.adjustment) = (dec!(-5), dec!(-5));
    scene.give_back(below);
    scene.run().await;
    assert_eq!(scene.reason(1), "terugbetaling-onder-nul");
    scene.say(YES);
    scene.run().await;
    assert_eq!(scene.in_the_books().await.len(), 1);
}
