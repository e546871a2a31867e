namespace RaftAkka.Tool.Bench;

/// <summary>
/// What the store has promised to keep: for every key the last write that it acknowledged. Whatever is read later
/// has to show that write or a later one.
/// </summary>
internal sealed class Ledger
{
    private const int LocksCount = 64;

    private readonly Acknowledged[] _last;
    private readonly Lock[] _locks = [.. Enumerable.Range(0, LocksCount).Select(_ => new Lock())];

    public Ledger(int keys) => _last = new Acknowledged[keys];

    /// <summary>How many keys have an acknowledged write.</summary>
    public int Count => _last.Count(write => write.Revision > 0);

    /// <summary>The keys that have one.</summary>
    public IEnumerable<int> Keys => Enumerable.Range(0, _last.Length).Where(key => _last[key].Revision > 0);

    /// <summary>The last acknowledged write of a key; revision 0 where there is none.</summary>
    public Acknowledged Last(int key)
    {
        lock (_locks[key % LocksCount]) return _last[key];
    }

    /// <summary>A write was acknowledged. Answers may come in another order than the store's.</summary>
    public void Acknowledge(int key, Acknowledged write)
    {
        lock (_locks[key % LocksCount])
            if (write.Revision > _last[key].Revision) _last[key] = write;
    }

    /// <summary>Compares what was read with what had been acknowledged before the read began.</summary>
    public static Verdict Judge(Acknowledged before, Reading read)
    {
        if (read.Revision > before.Revision) return Verdict.Later;
        if (read.Revision < before.Revision) return Verdict.Lost;
        return before.Revision == 0 || Stamp.IsAt(before.Stamp, read.Value.Span) ? Verdict.AsWritten : Verdict.Wrong;
    }
}

/// <summary>An acknowledged write.</summary>
/// <param name="Revision">Its place in the order of the store's writes.</param>
/// <param name="Stamp">What its value begins with.</param>
internal readonly record struct Acknowledged(long Revision, long Stamp);

/// <summary>What a read says of the last write that was acknowledged before it.</summary>
internal enum Verdict
{
    /// <summary>It is there.</summary>
    AsWritten,

    /// <summary>A later one is there: of another caller, or one whose outcome was unknown.</summary>
    Later,

    /// <summary>An earlier one is there, or none: the store has lost it, or the read was stale.</summary>
    Lost,

    /// <summary>Under its revision stands another value.</summary>
    Wrong,
}
