using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// What a server has submitted to its log, and what the log has said is durable: the checks' own account of it,
/// which outlives the server's crashes.
/// </summary>
internal sealed class ServerShadow(ServerId server, Func<LogIndex, EntryStamp> committed)
{
    private readonly Queue<Pending> _pending = new();

    public ServerId Server => server;

    /// <summary>The log as the running server has it in memory.</summary>
    public ShadowLog Submitted { get; private set; } = new();

    /// <summary>The hard state as the running server has it in memory.</summary>
    public HardState State { get; private set; }

    /// <summary>The log as it was promised to be on disk.</summary>
    public ShadowLog Durable { get; private set; } = new();

    /// <summary>What it had said to be durable when it lost its disk: an answer may be on its way still. Null before.</summary>
    public ShadowLog? LostWithDisk { get; private set; }

    /// <summary>The hard state as it was promised to be on disk.</summary>
    public HardState DurableState { get; private set; }

    /// <summary>The latest term in which the server promised something that it must remember.</summary>
    public Term PromisedIn { get; private set; }

    /// <summary>How often the server has recovered.</summary>
    public int Recoveries { get; private set; }

    /// <summary>What the running server has given its machine.</summary>
    public LogIndex Fed { get; set; }

    /// <summary>The newest snapshot that was promised to be on disk.</summary>
    public EntryId Snapshot { get; private set; }

    /// <summary>The snapshot that the running server found at its start.</summary>
    public EntryId StartsFrom { get; set; }

    /// <summary>The bytes of entries that are on their way to the disk.</summary>
    public long WaitingBytes => _pending.Sum(write => (long)write.Entries.RecordBytes);

    /// <summary>The same as it is now.</summary>
    public ServerShadow Copy()
    {
        var copy = new ServerShadow(server, committed);
        copy.Take(this);
        return copy;
    }

    /// <summary>The server's disk is again what it was.</summary>
    public void RollBackTo(ServerShadow before)
    {
        LostWithDisk ??= Durable;
        Take(before);
    }

    public void Store(EntryId snapshot)
    {
        if (snapshot.Index > Snapshot.Index) Snapshot = snapshot;
    }

    public void Promise(Term term)
    {
        if (term > PromisedIn) PromisedIn = term;
    }

    public void Submit(WriteLog write)
    {
        _pending.Enqueue(new Pending(write.Ticket, write.HardState, write.Entries, null));
        Submitted.Append(write.Entries);
        if (write.HardState is { } state) State = state;
    }

    public void Submit(CompactLog compact)
    {
        _pending.Enqueue(new Pending(compact.Ticket, null, LogSlice.Empty, compact.Base));
        Submitted.CompactTo(compact.Base, committed);
    }

    public void Confirm(LogWritten written)
    {
        while (_pending.TryPeek(out var write) && write.Ticket <= written.Through)
        {
            _pending.Dequeue();
            Durable.Append(write.Entries);
            if (write.HardState is { } state) DurableState = state;
            if (write.Base is { } @base) Durable.CompactTo(@base, committed);
        }
    }

    /// <summary>
    /// Whether the server may have recovered this: everything that was promised, and any first part of what was
    /// still on its way to the disk. Where there is no space, a base may have gone ahead of the writes before it.
    /// </summary>
    public bool MayRecover(LogOpened opened)
    {
        if (MayRecover(opened, new ShadowLog(Durable))) return true;

        var ahead = _pending.Where(write => write.Base?.Index <= Durable.LastIndex).Select(write => write.Base!.Value);
        return ahead.Any(@base =>
        {
            var log = new ShadowLog(Durable);
            log.CompactTo(@base, committed);
            return MayRecover(opened, log);
        });
    }

    private bool MayRecover(LogOpened opened, ShadowLog log)
    {
        var terms = new LogTerms(opened.Base, opened.Terms, opened.Last);
        var state = DurableState;
        if (IsIt()) return true;

        foreach (var write in _pending)
        {
            // One write is several records; a crash may leave the first ones, in either order.
            var (before, after) = (state, write.HardState ?? state);
            state = after;
            if (write.Base is { } @base) log.CompactTo(@base, committed);
            if (IsIt()) return true;
            foreach (var entry in write.Entries)
            {
                log.Append(entry);
                state = before;
                if (IsIt()) return true;
                state = after;
                if (IsIt()) return true;
            }
        }

        return false;

        bool IsIt() => state == opened.HardState && log.Matches(terms, opened.Tail);
    }

    public void Recover(LogOpened opened)
    {
        // What was pending may be there or not: from now on it is what was found.
        var found = new LogTerms(opened.Base, opened.Terms, opened.Last);
        var stamps = new ShadowLog(Durable);
        stamps.CompactTo(opened.Base, committed);
        foreach (var write in _pending)
            foreach (var entry in write.Entries)
                if (entry.Index > opened.Base.Index && found.Holds(entry.Id)) stamps.Append(entry);
        foreach (var entry in opened.Tail)
            if (!stamps.Holds(entry)) stamps.Append(entry);

        (Durable, DurableState) = (stamps, opened.HardState);
        (Submitted, State) = (new ShadowLog(stamps), opened.HardState);
        Fed = LogIndex.Zero;
        Recoveries++;
        _pending.Clear();
    }

    /// <summary>The server got an empty disk.</summary>
    public void Wipe()
    {
        LostWithDisk ??= Durable;
        (Durable, DurableState, Submitted, State) = (new ShadowLog(), default, new ShadowLog(), default);
        (PromisedIn, Fed, Snapshot) = (Term.Zero, LogIndex.Zero, EntryId.Zero);
        _pending.Clear();
    }

    private void Take(ServerShadow other)
    {
        (Submitted, State) = (new ShadowLog(other.Submitted), other.State);
        (Durable, DurableState) = (new ShadowLog(other.Durable), other.DurableState);
        (PromisedIn, Snapshot, Fed, Recoveries) = (other.PromisedIn, other.Snapshot, other.Fed, other.Recoveries);
        _pending.Clear();
        foreach (var write in other._pending) _pending.Enqueue(write);
    }

    private sealed record Pending(WriteTicket Ticket, HardState? HardState, LogSlice Entries, EntryId? Base);
}
