<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** From a request that passed the gate to its answer. */
final class Dispatcher
{
    /** Operation => the scopes of which one must be in the file; an empty list = always. */
    const OPERATIONS = [
        'hello' => [],
        'lookups' => [],
        'orders' => ['orders.read'],
        'order' => ['orders.read'],
        'totals' => ['orders.read'],
        'customers' => ['customers.read'],
        'products' => ['products.read'],
        'stock_read' => ['products.read', 'stock.write'],
        'stock_set' => ['stock.write'],
        'order_status_set' => ['status.write'],
        'products_set' => ['products.write'],
        'customers_set' => ['customers.write'],
        'remove' => [],
    ];

    /** These change something; all others run in a session that cannot write. */
    const WRITING = ['stock_set', 'order_status_set', 'products_set', 'customers_set', 'remove'];

    /** Answers a request; `$gate` is the proof that it may be. */
    public static function serve(Gate $gate, Request $request, int $now)
    {
        if ($gate->decision() !== Gate::OPEN) {
            return;
        }
        $call = new Call($request, $now);
        try {
            self::open($call);
            $fresh = $call->state->take($request->nonce, $now);
        } catch (Problem $problem) {
            (new Answer($request, 'none'))->fail($problem->getMessage(), $problem->place());
            return;
        }
        if (!$fresh) {
            (new Answer($request, 'replay', 403))->fail('replay');
            return;
        }
        self::answer($call);
    }

    /** Operations within this file's scopes that this shop's platform can do. */
    public static function served(Platform $shop): array
    {
        $all = array_filter(array_keys(self::OPERATIONS), [self::class, 'inScope']);
        $writes = $shop instanceof RecordWriter ? $shop->writes() : [];
        return array_values(array_diff($all, array_diff(array_keys(RecordsSetOperation::MUST), $writes)));
    }

    private static function inScope(string $operation): bool
    {
        $scopes = self::OPERATIONS[$operation];
        return $scopes === [] || array_filter($scopes, [Deployment::class, 'allows']) !== [];
    }

    /** Configuration and database: the first time anything of the shop is touched. */
    private static function open(Call $call)
    {
        if (Deployment::PLATFORM !== ShopProgram::NAME) {
            throw new Problem('unsupported', 'platform');
        }
        $root = __DIR__ . '/' . Deployment::SHOP_ROOT;
        $call->database = new Database(ShopProgram::access($root));
        $call->shop = ShopProgram::open($call->database, $root);
        $call->state = new State($call->database, $call->shop);
    }

    private static function answer(Call $call)
    {
        $body = json_decode($call->request->body, true, 16);
        $name = is_array($body) && isset($body['op']) && is_string($body['op']) ? $body['op'] : '';
        $known = isset(self::OPERATIONS[$name]);
        $call->answer = new Answer($call->request, $known ? $name : 'none');
        register_shutdown_function([$call->answer, 'cut']);
        try {
            if (!is_array($body) || !isset($body['v']) || $body['v'] !== 1) {
                throw new Problem('bad-arguments', 'body');
            }
            if (!$known) {
                throw new Problem('unknown-op');
            }
            if (!self::inScope($name)) {
                throw new Problem('not-in-scope');
            }
            $values = isset($body['args']) ? $body['args'] : [];
            if (!is_array($values) || array_diff(array_keys($body), ['v', 'op', 'reader', 'args']) !== []) {
                throw new Problem('bad-arguments', 'body');
            }
            self::reader($call, $body, $name);
            self::prepare($call, $name);
            self::operation($name)->run($call, $values);
        } catch (Problem $problem) {
            $call->answer->fail($problem->getMessage(), self::place($call, $name, $problem->place()));
        } catch (DatabaseError $error) {
            $call->answer->fail('internal', self::place($call, $name, 'database ' . $error->number()));
        } catch (\Throwable $error) {
            $call->answer->fail('internal', self::place($call, $name, 'line ' . $error->getLine()));
        }
    }

    /** `orders/3`: operation and records so far, then a word on what. */
    private static function place(Call $call, string $name, string $inner): string
    {
        $known = isset(self::OPERATIONS[$name]) ? $name : 'none';
        return $known . '/' . $call->answer->records() . ($inner === '' ? '' : ' ' . $inner);
    }

    /** Only `hello` notes and reports who reads: a poll need not write it each time. */
    private static function reader(Call $call, array $body, string $name)
    {
        $reader = isset($body['reader']) && is_string($body['reader']) ? $body['reader'] : '';
        if (preg_match('/^[0-9A-Za-z-]{1,64}$/D', $reader) !== 1) {
            throw new Problem('bad-arguments', 'reader');
        }
        if ($name === 'hello') {
            $call->otherReader = $call->state->reader($reader, $call->now);
        }
    }

    /** From here on a read cannot write: also a fault in our own statements could not. */
    private static function prepare(Call $call, string $name)
    {
        if (!in_array($name, self::WRITING, true)) {
            $call->readOnly = $call->database->readOnly();
        }
        if ($name !== 'remove') {
            $call->shop->prove();
        }
    }

    private static function operation(string $name): Operation
    {
        switch ($name) {
            case 'hello':
                return new HelloOperation();
            case 'lookups':
                return new LookupsOperation();
            case 'orders':
                return new OrdersOperation();
            case 'order':
                return new OrderOperation();
            case 'totals':
                return new TotalsOperation();
            case 'customers':
                return new CustomersOperation();
            case 'products':
                return new ProductsOperation();
            case 'stock_read':
                return new StockReadOperation();
            case 'stock_set':
                return new StockSetOperation();
            case 'order_status_set':
            case 'products_set':
            case 'customers_set':
                return new RecordsSetOperation($name);
            case 'remove':
                return new RemoveOperation();
        }
        throw new Problem('unknown-op');
    }
}
