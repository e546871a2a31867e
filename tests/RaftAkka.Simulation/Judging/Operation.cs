namespace RaftAkka.Simulation.Judging;

internal enum OperationKind { Get, Put, Append, Delete, Cas }

internal enum Outcome
{
    /// <summary>The client got its answer at <see cref="Operation.Return"/>.</summary>
    Known,

    /// <summary>
    /// The client never learned: the operation took effect at any time after its call, or never.
    /// </summary>
    Unknown,

    /// <summary>A definite failure: the operation surely had no effect.</summary>
    Failed,
}

/// <summary>One call of a client, as the client saw it.</summary>
/// <remarks>
/// <c>Value</c> is what was written; for a get what was read, null where the key was absent.
/// <c>Expect</c> is what a cas asked for, null where it asked for an absent key; <c>Swapped</c> is its
/// answer, if the outcome is known. <c>Call</c> and <c>Return</c> are nanoseconds on the one clock that all
/// clients share; only a known outcome needs a return, and only there it counts.
/// </remarks>
internal sealed record Operation(
    long Process, OperationKind Kind, string Key, string? Value, string? Expect, bool Swapped,
    long Call, long? Return, Outcome Outcome = Outcome.Known)
{
    public static Operation Get(long process, string key, string? read, long call, long @return) =>
        new(process, OperationKind.Get, key, read, null, false, call, @return);

    public static Operation Put(long process, string key, string value, long call, long @return) =>
        new(process, OperationKind.Put, key, value, null, false, call, @return);

    public static Operation Append(long process, string key, string value, long call, long @return) =>
        new(process, OperationKind.Append, key, value, null, false, call, @return);

    public static Operation Delete(long process, string key, long call, long @return) =>
        new(process, OperationKind.Delete, key, null, null, false, call, @return);

    public static Operation Cas(
        long process, string key, string? expect, string value, bool swapped, long call, long @return) =>
        new(process, OperationKind.Cas, key, value, expect, swapped, call, @return);

    /// <summary>The same call, had the client never heard of it again.</summary>
    public Operation WithoutAnswer() => this with { Outcome = Outcome.Unknown, Return = null };

    /// <summary>The same call, had it been refused.</summary>
    public Operation Refused() => this with { Outcome = Outcome.Failed };

    /// <summary>It saw the value and changed nothing: a get, or a cas that did not swap.</summary>
    public bool OnlyReads =>
        Kind == OperationKind.Get || (Kind == OperationKind.Cas && Outcome == Outcome.Known && !Swapped);

    /// <summary>
    /// Whether it can bear on the verdict. A failed operation had no effect; an unknown get had none either
    /// and nobody saw its answer; an unknown cas from a value to the same value changes nothing.
    /// </summary>
    public bool Matters => Outcome switch
    {
        Outcome.Failed => false,
        Outcome.Unknown => Kind != OperationKind.Get && !(Kind == OperationKind.Cas && Expect == Value),
        _ => true,
    };

    /// <exception cref="ArgumentException">The record contradicts itself.</exception>
    public void Validate()
    {
        if (Outcome == Outcome.Known && Return is null)
            throw new ArgumentException($"an operation with a known outcome needs a return time: {this}");
        if (Return < Call)
            throw new ArgumentException($"an operation returned before its call: {this}");
        if (Value is null && Kind is OperationKind.Put or OperationKind.Append or OperationKind.Cas)
            throw new ArgumentException($"a put, append or cas needs a value: {this}");
    }
}
