<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'woocommerce';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return WooCommerceShop::access($root);
    }

    public static function open(Database $database, string $root): Platform
    {
        return new WooCommerceShop($database, $root);
    }
}
