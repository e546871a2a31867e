using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>Where an entry's record lies.</summary>
internal readonly record struct EntryPlace(long Segment, int Offset);

/// <summary>
/// What a journal amounts to: term, vote, and which of its records are the entries of the log. Four bytes of
/// memory per entry.
/// </summary>
internal sealed class LogContents
{
    private readonly List<SegmentEntries> _segments = [];
    private readonly List<EntryId> _terms = [];

    /// <summary>The latest term and vote.</summary>
    public HardState HardState { get; private set; }

    /// <summary>The last entry; <see cref="EntryId.Zero"/> where there is none.</summary>
    public EntryId Last { get; private set; }

    /// <summary>The first entry of every run of one term, in order.</summary>
    public IReadOnlyList<EntryId> Terms => _terms;

    /// <summary>Why a term and vote cannot follow the present ones; null if they can.</summary>
    public string? Objection(HardState next)
    {
        if (next.Term < HardState.Term) return $"term {next.Term} cannot follow term {HardState.Term}";

        var votesAgain = next.Term == HardState.Term && HardState.Vote is not null
            && next.Vote != HardState.Vote;
        return votesAgain
            ? $"in term {next.Term} the vote went to {HardState.Vote}, and stays"
            : null;
    }

    /// <summary>Why an entry cannot be added or replace another; null if it can.</summary>
    public string? Objection(EntryId entry)
    {
        if (entry.Index < new LogIndex(1) || entry.Index > Last.Index.Next)
            return $"entry {entry} cannot follow a log that ends with {Last}";

        var before = TermAt(entry.Index.Previous);
        return entry.Term < before ? $"entry {entry} cannot follow an entry of term {before}" : null;
    }

    public void Set(HardState state) => HardState = state;

    /// <summary>Adds an entry in place of that of the same index and all behind it.</summary>
    public void Add(EntryId entry, EntryPlace place)
    {
        if (entry.Index <= Last.Index) Truncate(entry.Index);
        if (_terms.Count == 0 || _terms[^1].Term < entry.Term) _terms.Add(entry);
        if (_segments.Count == 0 || _segments[^1].Number != place.Segment)
            _segments.Add(new SegmentEntries(place.Segment, entry.Index, []));

        _segments[^1].Offsets.Add(place.Offset);
        Last = entry;
    }

    /// <summary>Where the entry of an index lies, which the log has to have.</summary>
    public EntryPlace Locate(LogIndex index)
    {
        var (low, high) = (0, _segments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].First <= index) low = middle;
            else high = middle - 1;
        }

        var segment = _segments[low];
        return new EntryPlace(segment.Number, segment.Offsets[(int)(index - segment.First)]);
    }

    private void Truncate(LogIndex from)
    {
        while (_terms.Count > 0 && _terms[^1].Index >= from) _terms.RemoveAt(_terms.Count - 1);
        while (_segments.Count > 0 && _segments[^1].First >= from) _segments.RemoveAt(_segments.Count - 1);
        if (_segments.Count == 0) return;

        var (_, first, offsets) = _segments[^1];
        var kept = (int)Math.Min(offsets.Count, from - first);
        offsets.RemoveRange(kept, offsets.Count - kept);
    }

    private Term TermAt(LogIndex index)
    {
        for (var i = _terms.Count - 1; i >= 0; i--)   // Nearly always the last run.
            if (_terms[i].Index <= index) return _terms[i].Term;
        return Term.Zero;
    }

    private sealed record SegmentEntries(long Number, LogIndex First, List<int> Offsets);
}
