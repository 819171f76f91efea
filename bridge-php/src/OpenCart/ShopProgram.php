<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'opencart';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return OpenCartShop::access($root);
    }

    public static function open(Database $database, string $root): Platform
    {
        return new OpenCartShop($database, $root);
    }
}
