<?php
// Winkelbrug: reads orders and writes stock for the owner of this shop. Built by bridge-php/build.php.
// Until that build exists this file only refuses.
declare(strict_types=1);

final class Deployment
{
    const VERSION = '0.0.0';
    const BRIDGE_ID = '{{BRIDGE_ID}}';
    const VARIANT = '{{VARIANT}}';
    const PUBLIC_KEY = '{{PUBLIC_KEY}}';
    const REQUEST_KEY = '{{REQUEST_KEY}}';
    const ANSWER_KEY = '{{ANSWER_KEY}}';
    const SCOPES = '{{SCOPES}}';
    const END_DATE = '{{END_DATE}}';
    const PLATFORM = '{{PLATFORM}}';
    const SHOP_ROOT = '{{SHOP_ROOT}}';
    const CONFIG_FILE = '{{CONFIG_FILE}}';
    const TABLE_PREFIX = '{{TABLE_PREFIX}}';
    const TIME_ZONE = '{{TIME_ZONE}}';
    const ALLOW_FROM = '{{ALLOW_FROM}}';
    const STOCK_ZERO_CAP = '{{STOCK_ZERO_CAP}}';
}

http_response_code(403);
header('Content-Type: text/plain');
echo "winkelbrug-bridge: refused\n";
