<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Everything begins and ends here: nothing of PHP or the database is ever shown. */
final class Main
{
    public static function run()
    {
        try {
            self::quiet();
            $request = Request::current();
            $_GET = $_POST = $_COOKIE = $_REQUEST = $_FILES = [];
            $now = time();
            $gate = Gate::decide($request, $now);
        } catch (\Throwable $error) {
            Answer::refuse();
            return;
        }
        if ($gate->decision() === Gate::REFUSED) {
            Answer::refuse();
            return;
        }
        if ($gate->decision() === Gate::CLOCK) {
            $answer = new Answer($request, 'clock', 403, 'WB1 clock');
            $answer->end(false, null, ['code' => 'clock', 'place' => ''], ['time' => (string) $now]);
            return;
        }
        try {
            Dispatcher::serve($gate, $request, $now);
        } catch (Problem $problem) {
            (new Answer($request, 'none'))->fail($problem->getMessage(), $problem->place());
        } catch (\Throwable $error) {
            (new Answer($request, 'none'))->fail('internal', 'line ' . $error->getLine());
        }
    }

    /** No message of PHP gets out; what others print before us is caught. Some hosts take `ini_set` away. */
    private static function quiet()
    {
        error_reporting(0);
        // PHP 5 makes an exception of every date where a host has set no zone.
        date_default_timezone_set('UTC');
        if (function_exists('ini_set')) {
            foreach (['display_errors' => '0', 'log_errors' => '0', 'zlib.output_compression' => '0', 'default_charset' => 'UTF-8'] as $name => $value) {
                @ini_set($name, $value);
            }
        }
        ob_start();
    }
}

Main::run();
