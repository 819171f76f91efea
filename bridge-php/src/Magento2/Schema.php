<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Where Magento 2 keeps what both generations of Magento have. The other one has a class of this name too. */
final class MagentoSchema
{
    const PLATFORM = 'magento2';

    const ORDER = '{sales_order}';
    const ORDER_TABLE = 'sales_order';
    const ITEM = '{sales_order_item}';
    const ADDRESS = '{sales_order_address}';
    const ADDRESS_TABLE = 'sales_order_address';
    const PAYMENT = '{sales_order_payment}';
    const HISTORY = '{sales_order_status_history}';
    const HISTORY_TABLE = 'sales_order_status_history';
    const GRID = '{sales_order_grid}';
    const INVOICE = '{sales_invoice}';
    const CREDIT = '{sales_creditmemo}';
    const CREDIT_ITEM = '{sales_creditmemo_item}';
    const CREDIT_COMMENT = '{sales_creditmemo_comment}';
    const STORE = '{store}';
    const GROUP = '{store_group}';
    const WEBSITE = '{store_website}';

    /** The VAT a discount holds, of a line and of shipping. */
    const COMPENSATION = 'base_discount_tax_compensation_amount';
    const SHIPPING_COMPENSATION = 'base_shipping_discount_tax_compensation_amnt';

    /** The VAT on levies stands beside the tax of the line. */
    const LINE_TAX_WITH_LEVY = false;

    /** Does a composite product's own stock row follow its parts? */
    const PARENTS_FOLLOW = true;

    /** Is all of an account in the values of its attributes, so that nothing else follows a name? */
    const ACCOUNTS_ARE_VALUES = false;
}
