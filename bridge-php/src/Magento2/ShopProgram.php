<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'magento2';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return MagentoShop::access($root);
    }

    /** Magento 2 does this on each connection of its own; without it its times read shifted. */
    public static function open(Database $database, string $root): Platform
    {
        $database->change("SET SESSION time_zone = '+00:00'");
        return new MagentoShop($database, new MagentoConfiguration($root));
    }
}
