<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'magento1';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return MagentoShop::access($root);
    }

    /** The session's zone is left as it is: Magento 1 wrote its UTC texts under it. */
    public static function open(Database $database, string $root): Platform
    {
        return new MagentoShop($database, new MagentoConfiguration($root));
    }
}
