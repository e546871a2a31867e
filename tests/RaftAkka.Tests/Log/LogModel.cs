using RaftAkka.Log;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Log;

/// <summary>What a log has to be: the term, vote, base and entries after each record that was submitted.</summary>
internal sealed class LogModel(bool keepsHistory = false)
{
    private readonly List<object> _unacknowledged = [];   // HardState, LogEntry, or the EntryId of a base
    private State _acknowledged = new(default, EntryId.Zero, []);
    private State _now = new(default, EntryId.Zero, []);
    private EntryId? _ahead;   // A base that was written before others of the records.

    public HardState HardState => _now.HardState;

    public EntryId Base => _now.Base;

    /// <summary>The entries behind the base.</summary>
    public List<LogEntry> Entries => _now.Entries;

    public EntryId Last => _now.Last;

    /// <summary>Every state that the log ever had.</summary>
    public HashSet<string> History { get; } = [new State(default, EntryId.Zero, []).ToString()];

    public static string StateOf(Journal journal) => State.Of(journal).ToString();

    public Term TermAt(long index) =>
        index == Base.Index.Value ? Base.Term : Entries[(int)(index - Base.Index.Value) - 1].Term;

    public void Submit(WriteLog write)
    {
        if (write.HardState is { } state) Submit(state);
        foreach (var entry in write.Entries) Submit(entry);
    }

    public void Submit(CompactLog compact) => Submit(compact.Base);

    /// <summary>All that was submitted is durable.</summary>
    public void Acknowledge()
    {
        _acknowledged = _now.Copy();
        _unacknowledged.Clear();
        _ahead = null;
    }

    /// <summary>
    /// A recovered log must be what it was after some record, with all that was acknowledged. The model goes
    /// on from there: a log that has been opened is durable.
    /// </summary>
    public void ShouldHaveRecoveredTo(Journal journal)
    {
        ShouldBeDurable(journal);
        _now = _acknowledged.Copy();
        Acknowledge();
        ShouldBe(journal);
        Assert.Equal(
            Entries.Where(entry => entry.Kind == EntryKind.Configuration)
                .Select(entry => (entry.Index, Convert.ToHexString(entry.Payload.Span))),
            journal.Contents.Configurations.Select(found => (found.Index, Convert.ToHexString(found.Bytes.Span))));
    }

    /// <summary>A base goes ahead of others of the records that wait.</summary>
    public void SubmitAhead(EntryId @base) => _ahead = @base;

    /// <summary>A log must hold exactly what was submitted.</summary>
    public void ShouldBe(Journal journal)
    {
        Assert.Equal(_now.ToString(), StateOf(journal));
        Assert.Equal(_now.Last, journal.Contents.Last);
        Assert.Equal(
            Entries.Select(entry => entry.Id).Where((id, i) => i == 0 || Entries[i - 1].Term < id.Term),
            journal.Contents.Terms);
    }

    public static List<LogEntry> ReadAll(Journal journal)
    {
        var entries = new List<LogEntry>();
        var last = journal.Contents.Last.Index;
        for (var next = journal.Contents.Base.Index.Next; next <= last; next += 1)
        {
            journal.Read(next, last, 50_000, entries);
            next = entries[^1].Index;
        }

        return entries;
    }

    /// <summary>All that was acknowledged, and some of the rest in its order, is in the log, and is durable.</summary>
    public void ShouldBeDurable(Journal journal)
    {
        var durable = State.Of(journal).ToString();
        for (var taken = 0; ; taken++)
        {
            var state = _acknowledged.Copy();
            foreach (var record in _unacknowledged.Take(taken)) state.Apply(record);
            var isAhead = state.Copy();
            if (_ahead is { } @base) isAhead.Apply(@base);
            if (isAhead.ToString() == durable) state = isAhead;
            if (state.ToString() == durable)
            {
                _acknowledged = state;
                _unacknowledged.RemoveRange(0, taken);
                return;
            }

            Assert.True(taken < _unacknowledged.Count,
                $"{journal.Contents.HardState}, {journal.Contents.Base} to {journal.Contents.Last} was never "
                + $"so, or not since {_acknowledged.HardState}, {_acknowledged.Base} to {_acknowledged.Last} "
                + "was acknowledged");
        }
    }

    private void Submit(object record)
    {
        _unacknowledged.Add(record);
        _now.Apply(record);
        if (keepsHistory) History.Add(_now.ToString());
    }

    private sealed class State(HardState hardState, EntryId @base, List<LogEntry> entries)
    {
        public HardState HardState { get; private set; } = hardState;

        public EntryId Base { get; private set; } = @base;

        public List<LogEntry> Entries { get; } = entries;

        public EntryId Last => Entries.Count == 0 ? Base : Entries[^1].Id;

        public static State Of(Journal journal) =>
            new(journal.Contents.HardState, journal.Contents.Base, ReadAll(journal));

        public State Copy() => new(HardState, Base, [.. Entries]);

        public override string ToString() =>
            string.Join(' ', Entries.Select(entry => $"{entry.Id}:{Crc32C.Compute(entry.Record.Span)}")
                .Prepend($"{HardState} {Base}"));

        public void Apply(object record)
        {
            switch (record)
            {
                case HardState state:
                    HardState = state;
                    break;
                case LogEntry entry:
                    var place = (int)(entry.Index - Base.Index) - 1;
                    Entries.RemoveRange(place, Entries.Count - place);
                    Entries.Add(entry);
                    break;
                case EntryId @base when @base.Index > Base.Index:
                    var held = Entries.FindIndex(entry => entry.Id == @base);
                    Entries.RemoveRange(0, held < 0 ? Entries.Count : held + 1);
                    Base = @base;
                    break;
            }
        }
    }
}
