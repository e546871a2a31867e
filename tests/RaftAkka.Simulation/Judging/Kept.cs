namespace RaftAkka.Simulation.Judging;

/// <summary>
/// An operation of a violation: as it was, and as it counts. It may count for less than it was (its answer
/// not known yet, or a cas as the write it was): what has no legal order then has none with more said.
/// </summary>
internal readonly record struct Kept(Operation AsItWas, Operation Counted)
{
    public Kept(Operation operation) : this(operation, operation) { }

    public bool OnlyReads => Counted.OnlyReads;

    public Kept WithoutAnswer() => this with { Counted = Counted.WithoutAnswer() };

    /// <summary>
    /// A cas that swapped, or may have, as a put: it wrote the same, and need not have found anything.
    /// </summary>
    public Kept AsWrite() => Counted.Kind == OperationKind.Cas && !OnlyReads
        ? this with { Counted = Counted with { Kind = OperationKind.Put, Expect = null, Swapped = false } }
        : this;
}
