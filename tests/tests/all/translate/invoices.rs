//! Who invoices, and whether new orders are blocked.

use crate::translate::desk::{Desk, desk, settings};

fn with(sales: &str) -> Desk {
    let mut desk = desk();
    desk.settings = settings(sales, "");
    desk
}

#[test]
fn blocked_as_the_template_says_always_or_never() {
    for (value, blocked) in [
        ("as-template", None),
        ("always", Some(true)),
        ("never", Some(false)),
    ] {
        let plan = with(&format!("blocked = \"{value}\"")).plan();
        assert_eq!(plan.order.blocked, blocked, "{value}");
    }
    assert_eq!(desk().plan().order.blocked, None);
}

#[test]
fn an_order_of_a_shop_that_invoices_is_blocked_and_says_so() {
    let mut desk = with("invoiced_by = \"shop\"");
    let plan = desk.plan();
    assert_eq!(plan.order.blocked, Some(true));
    assert_eq!(
        plan.order.memo,
        "De webwinkel factureert zelf. Niet factureren."
    );
    desk.order.invoice_number = Some("INV-7".to_owned());
    desk.order.comment = "Graag bellen".to_owned();
    assert_eq!(
        desk.plan().order.memo,
        "Door de webwinkel gefactureerd: factuur INV-7. Niet factureren.\nGraag bellen"
    );
    for invoiced_by in ["", "invoiced_by = \"snelstart\""] {
        desk.settings = settings(invoiced_by, "");
        let order = desk.plan().order;
        assert_eq!((order.blocked, order.memo.as_str()), (None, "Graag bellen"));
    }
}
