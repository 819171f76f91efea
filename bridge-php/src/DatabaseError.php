<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** A statement the database refused, by its number. */
final class DatabaseError extends \Exception
{
    const NO_SUCH_TABLE = 1146;
    const DUPLICATE = 1062;

    /** @var int */
    private $number;

    public function __construct(int $number)
    {
        parent::__construct('database');
        $this->number = $number;
    }

    public function number(): int
    {
        return $this->number;
    }
}
