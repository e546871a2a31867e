using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>Where an entry's record lies.</summary>
internal readonly record struct EntryPlace(long Segment, int Offset);

/// <summary>
/// What a journal amounts to: term, vote, and which of its records are the entries of the log. Four bytes of
/// memory per entry behind the base.
/// </summary>
internal sealed class LogContents
{
    private readonly List<SegmentEntries> _segments = [];
    private readonly List<EntryId> _terms = [];
    private readonly List<(LogIndex Index, ReadOnlyMemory<byte> Bytes)> _configurations = [];

    /// <summary>What there is before the first record of the first segment.</summary>
    /// <param name="base">The base that the segment's header states.</param>
    /// <param name="last">The last entry before it, which stood in a segment that is gone.</param>
    public LogContents(EntryId @base, EntryId last) =>
        (Base, Last, GoneThrough) = (@base, last, last.Index);

    /// <summary>The latest term and vote.</summary>
    public HardState HardState { get; private set; }

    /// <summary>
    /// The last entry that a snapshot took the place of; <see cref="EntryId.Zero"/> where none did.
    /// </summary>
    public EntryId Base { get; private set; }

    /// <summary>The last entry; <see cref="Base"/> where there is none behind it.</summary>
    public EntryId Last { get; private set; }

    /// <summary>
    /// Up to here the log's entries stood in segments that are gone. Once all records are read it has to be
    /// at or below the base, which then takes their place.
    /// </summary>
    public LogIndex GoneThrough { get; private set; }

    /// <summary>The first entry of every run of one term behind the base, in order.</summary>
    public IReadOnlyList<EntryId> Terms => _terms;

    /// <summary>The configurations that were read back, in the order of their entries.</summary>
    public IReadOnlyList<(LogIndex Index, ReadOnlyMemory<byte> Bytes)> Configurations => _configurations;

    /// <summary>The first segment that holds an entry of the log; null where there are no entries.</summary>
    public long? FirstSegment => _segments.Count > 0 ? _segments[0].Number : null;

    /// <summary>Which entries of the log each segment holds, in order; segments without any are left out.</summary>
    public IEnumerable<(long Number, LogIndex First, LogIndex Last)> Segments =>
        _segments.Select(segment => (segment.Number, segment.First, segment.End.Previous));

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
        if (entry.Index <= Base.Index)
            return $"entry {entry} cannot be in a log that begins behind {Base}";
        if (entry.Index > Last.Index.Next)
            return $"entry {entry} cannot follow a log that ends with {Last}";

        var before = TermAt(entry.Index.Previous);
        return entry.Term < before ? $"entry {entry} cannot follow an entry of term {before}" : null;
    }

    /// <summary>
    /// Why the log cannot begin behind a base and then end with <paramref name="last"/>; null if it can.
    /// </summary>
    public string? ObjectionToBase(EntryId @base, EntryId last)
    {
        if (@base.Index <= Base.Index || @base.Term < Base.Term)
            return $"the base {@base} cannot follow the base {Base}";
        if (last == @base) return null;   // Nothing stays, whatever there was.

        var holds = last == Last && @base.Index < Last.Index
            && (TermAt(@base.Index) is not { } term || term == @base.Term);   // Null where it is gone.
        return holds ? null : $"a log that ends with {Last} cannot end with {last} behind the base {@base}";
    }

    /// <summary>The term of an entry, or of the base; null where there is none, or it is gone.</summary>
    public Term? TermAt(LogIndex index)
    {
        if (index == Base.Index) return Base.Term;
        if (index == Last.Index) return Last.Term;
        if (index > Last.Index) return null;
        for (var i = _terms.Count - 1; i >= 0; i--)   // Nearly always the last run.
            if (_terms[i].Index <= index) return _terms[i].Term;
        return null;
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

    /// <summary>The entry that was added last holds a configuration.</summary>
    public void AddConfiguration(byte[] bytes) => _configurations.Add((Last.Index, bytes));

    /// <summary>
    /// Lets the log begin behind a base. What is behind it stays where <paramref name="last"/> is the last
    /// entry; nothing does where it is the base itself.
    /// </summary>
    public void Compact(EntryId @base, EntryId last)
    {
        (Base, Last) = (@base, last);
        _configurations.RemoveAll(known => known.Index <= @base.Index || known.Index > last.Index);
        if (last == @base)
        {
            _terms.Clear();
            _segments.Clear();
            GoneThrough = LogIndex.Min(GoneThrough, @base.Index);
            return;
        }

        var first = @base.Index.Next;
        while (_terms.Count > 1 && _terms[1].Index <= first) _terms.RemoveAt(0);
        if (_terms.Count > 0 && _terms[0].Index < first) _terms[0] = new EntryId(_terms[0].Term, first);

        while (_segments.Count > 0 && _segments[0].End <= first) _segments.RemoveAt(0);
        if (_segments.Count == 0 || _segments[0].First >= first) return;
        var (number, start, offsets) = _segments[0];
        _segments[0] = new SegmentEntries(number, first, offsets[(int)(first - start)..]);
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
        GoneThrough = LogIndex.Min(GoneThrough, from.Previous);
        _configurations.RemoveAll(known => known.Index >= from);
        while (_terms.Count > 0 && _terms[^1].Index >= from) _terms.RemoveAt(_terms.Count - 1);
        while (_segments.Count > 0 && _segments[^1].First >= from) _segments.RemoveAt(_segments.Count - 1);
        if (_segments.Count == 0) return;

        var (_, first, offsets) = _segments[^1];
        var kept = (int)Math.Min(offsets.Count, from - first);
        offsets.RemoveRange(kept, offsets.Count - kept);
    }

    private sealed record SegmentEntries(long Number, LogIndex First, List<int> Offsets)
    {
        /// <summary>The index behind the last one.</summary>
        public LogIndex End => First + Offsets.Count;
    }
}
