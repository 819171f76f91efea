<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Who is there, what it can do, which shop this is. */
final class HelloOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        new Arguments($values, []);
        $hello = $call->shop->hello();
        $hello['shop']['host'] = isset($_SERVER['HTTP_HOST']) && is_string($_SERVER['HTTP_HOST']) ? substr($_SERVER['HTTP_HOST'], 0, 255) : '';
        $hello['capabilities'] = array_merge($call->readOnly ? ['read_only_session'] : [], $hello['capabilities']);
        $call->answer->record([
            'bridge' => 'winkelbrug-bridge',
            'version' => Answer::VERSION,
            'digest' => (string) hash_file('sha256', __FILE__),
            'php' => PHP_VERSION,
            'database_driver' => $call->database->driver(),
            'table_prefix' => $call->database->prefix(),
            'other_reader' => $call->otherReader,
            'operations' => Dispatcher::served($call->shop),
            'limits' => ['seconds' => $call->budget->seconds(), 'memory' => $call->budget->memory()],
            'now' => gmdate('Y-m-d\TH:i:s\Z', $call->now),
        ] + $hello);
        $call->answer->end();
    }
}
