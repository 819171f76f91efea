<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** A failure after a right signature: a code and a place, never a text of PHP or the database. */
final class Problem extends \Exception
{
    /** @var string */
    private $place;

    public function __construct(string $code, string $place = '')
    {
        parent::__construct($code);
        $this->place = $place;
    }

    public function place(): string
    {
        return $this->place;
    }
}
