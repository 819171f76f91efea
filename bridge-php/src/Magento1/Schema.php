<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Where Magento 1 and OpenMage keep what both generations of Magento have. The other one has a class of this name too. */
final class MagentoSchema
{
    const PLATFORM = 'magento1';

    const ORDER = '{sales_flat_order}';
    const ORDER_TABLE = 'sales_flat_order';
    const ITEM = '{sales_flat_order_item}';
    const ADDRESS = '{sales_flat_order_address}';
    const ADDRESS_TABLE = 'sales_flat_order_address';
    const PAYMENT = '{sales_flat_order_payment}';
    const HISTORY = '{sales_flat_order_status_history}';
    const HISTORY_TABLE = 'sales_flat_order_status_history';
    const GRID = '{sales_flat_order_grid}';
    const INVOICE = '{sales_flat_invoice}';
    const CREDIT = '{sales_flat_creditmemo}';
    const CREDIT_ITEM = '{sales_flat_creditmemo_item}';
    const CREDIT_COMMENT = '{sales_flat_creditmemo_comment}';
    const STORE = '{core_store}';
    const GROUP = '{core_store_group}';
    const WEBSITE = '{core_website}';

    /** The VAT a discount holds, of a line and of shipping. */
    const COMPENSATION = 'base_hidden_tax_amount';
    const SHIPPING_COMPENSATION = 'base_shipping_hidden_tax_amnt';

    /** The tax of a line holds the VAT on its levies. */
    const LINE_TAX_WITH_LEVY = true;

    /** Does a composite product's own stock row follow its parts? */
    const PARENTS_FOLLOW = false;

    /** Is all of an account in the values of its attributes, so that nothing else follows a name? */
    const ACCOUNTS_ARE_VALUES = true;
}
