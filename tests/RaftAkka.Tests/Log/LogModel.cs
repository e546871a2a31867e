using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

/// <summary>What a log has to be: the term, vote and entries after each record that was submitted.</summary>
internal sealed class LogModel(bool keepsHistory = false)
{
    private readonly List<object> _unacknowledged = [];   // HardState or LogEntry
    private HardState _hardState;
    private List<LogEntry> _entries = [];

    public HardState HardState { get; private set; }

    public List<LogEntry> Entries { get; private set; } = [];

    /// <summary>Every state that the log ever had.</summary>
    public HashSet<string> History { get; } = [StateOf(default, [])];

    public static string StateOf(Journal journal) => StateOf(journal.Contents.HardState, ReadAll(journal));

    public void Submit(WriteLog write)
    {
        if (write.HardState is { } state) Submit(state);
        foreach (var entry in write.Entries) Submit(entry);
    }

    /// <summary>All that was submitted is durable.</summary>
    public void Acknowledge()
    {
        (_hardState, _entries) = (HardState, [.. Entries]);
        _unacknowledged.Clear();
    }

    /// <summary>
    /// A recovered log must be what it was after some record, with all that was acknowledged. The model goes
    /// on from there: a log that has been opened is durable.
    /// </summary>
    public void ShouldHaveRecoveredTo(Journal journal)
    {
        var recovered = ReadAll(journal);
        (HardState, Entries) = (_hardState, [.. _entries]);
        var matches = IsLike(journal.Contents.HardState, recovered);
        foreach (var record in _unacknowledged.ToList())
        {
            if (matches) break;
            Apply(record);
            matches = IsLike(journal.Contents.HardState, recovered);
        }

        Assert.True(matches,
            $"recovered {journal.Contents.HardState} {journal.Contents.Last}, which was never so, "
            + $"or not since {_hardState} and {_entries.Count} entries were acknowledged");
        Acknowledge();
        ShouldBe(journal);
    }

    /// <summary>A log must hold exactly what was submitted.</summary>
    public void ShouldBe(Journal journal)
    {
        Assert.True(IsLike(journal.Contents.HardState, ReadAll(journal)));
        Assert.Equal(Entries.Count == 0 ? EntryId.Zero : Entries[^1].Id, journal.Contents.Last);
        Assert.Equal(
            Entries.Select(entry => entry.Id).Where((id, i) => i == 0 || Entries[i - 1].Term < id.Term),
            journal.Contents.Terms);
    }

    public static List<LogEntry> ReadAll(Journal journal)
    {
        var entries = new List<LogEntry>();
        var last = journal.Contents.Last.Index;
        for (var next = new LogIndex(1); next <= last; next += 1)
        {
            journal.Read(next, last, 50_000, entries);
            next = entries[^1].Index;
        }

        return entries;
    }

    private bool IsLike(HardState state, List<LogEntry> entries) =>
        state == HardState && entries.Count == Entries.Count
        && entries.Zip(Entries).All(pair => pair.First.Record.Span.SequenceEqual(pair.Second.Record.Span));

    private void Submit(object record)
    {
        _unacknowledged.Add(record);
        Apply(record);
        if (keepsHistory) History.Add(StateOf(HardState, Entries));
    }

    private static string StateOf(HardState state, List<LogEntry> entries) =>
        string.Join(' ', entries.Select(entry => $"{entry.Id}:{Crc32C.Compute(entry.Record.Span)}")
            .Prepend(state.ToString()));

    private void Apply(object record)
    {
        if (record is HardState state)
        {
            HardState = state;
            return;
        }

        var entry = (LogEntry)record;
        Entries.RemoveRange((int)entry.Index.Value - 1, Entries.Count - (int)entry.Index.Value + 1);
        Entries.Add(entry);
    }
}
