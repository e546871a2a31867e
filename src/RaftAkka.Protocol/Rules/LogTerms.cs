using System.Diagnostics.CodeAnalysis;

namespace RaftAkka.Protocol;

/// <summary>
/// Which term each entry of a log has. Kept as the first entry of every run of one term: a few numbers for a log
/// of millions, so that every question of Log Matching (§5.3) is answered from memory. A snapshot takes the place
/// of the entries up to a base (§7), of which only the last one's term is known then.
/// </summary>
public sealed class LogTerms
{
    private readonly List<EntryId> _runs;

    /// <summary>The terms of an empty log.</summary>
    public LogTerms() : this([], EntryId.Zero)
    {
    }

    /// <summary>The terms of a whole log that was read back: one that begins with entry 1.</summary>
    /// <param name="runs">The first entry of every run of one term, in order.</param>
    /// <param name="last">The last entry.</param>
    public LogTerms(IEnumerable<EntryId> runs, EntryId last) : this(EntryId.Zero, runs, last)
    {
    }

    /// <summary>The terms of a log that was read back.</summary>
    /// <param name="base">The last entry that a snapshot took the place of.</param>
    /// <param name="runs">The first entry of every run of one term behind the base, in order.</param>
    /// <param name="last">The last entry; the base where there is none behind it.</param>
    public LogTerms(EntryId @base, IEnumerable<EntryId> runs, EntryId last) =>
        (Base, _runs, Last) = (@base, [.. runs], last);

    /// <summary>
    /// The last entry that a snapshot took the place of: the log's entries begin behind it.
    /// <see cref="EntryId.Zero"/> where the log begins with entry 1.
    /// </summary>
    public EntryId Base { get; private set; }

    /// <summary>The last entry; <see cref="Base"/> where there is none behind it.</summary>
    public EntryId Last { get; private set; }

    /// <summary>The term of the entry at an index; the base's at the base; null where there is no entry.</summary>
    public Term? TermAt(LogIndex index)
    {
        if (index == Base.Index) return Base.Term;
        return TryFindRun(index, out var run) ? _runs[run].Term : null;
    }

    /// <summary>Whether the log holds this very entry. The base counts as held; of what is before it nothing is.</summary>
    public bool Holds(EntryId id) => TermAt(id.Index) == id.Term;

    /// <summary>The first entry behind the base of the run of one term in which an index lies.</summary>
    public EntryId RunAt(LogIndex index) =>
        TryFindRun(index, out var run)
            ? _runs[run]
            : throw new ArgumentOutOfRangeException(
                nameof(index), $"no entry at {index}; they begin behind {Base} and end with {Last}");

    /// <summary>
    /// The last entry whose term is at most <paramref name="term"/>, the base included;
    /// <see cref="EntryId.Zero"/> where it would lie before the base, or there is none.
    /// </summary>
    public EntryId LastOfTermAtMost(Term term)
    {
        for (var run = _runs.Count - 1; run >= 0; run--)
            if (_runs[run].Term <= term)
                return run == _runs.Count - 1 ? Last : new EntryId(_runs[run].Term, _runs[run + 1].Index.Previous);
        return Base.Term <= term ? Base : EntryId.Zero;
    }

    /// <summary>
    /// Lets the log begin behind an entry, which a snapshot takes the place of. What is behind it stays where the
    /// log holds this very entry; else all entries go. Does nothing where the log begins there or later already.
    /// </summary>
    public void CompactTo(EntryId @base)
    {
        if (@base.Index <= Base.Index) return;

        if (Last.Index <= @base.Index || !Holds(@base))
        {
            _runs.Clear();
            Last = @base;
        }
        else
        {
            TryFindRun(@base.Index.Next, out var run);
            _runs.RemoveRange(0, run);
            _runs[0] = new EntryId(_runs[0].Term, LogIndex.Max(_runs[0].Index, @base.Index.Next));
        }

        Base = @base;
    }

    /// <summary>Adds entries; the first of them replaces the entry of its index, if there is one, and all behind it.</summary>
    /// <exception cref="ArgumentException">There would be a gap, or an entry at or before the base.</exception>
    public void Append(LogSlice entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.IsEmpty) return;
        if (entries.First.Index > Last.Index.Next)
            throw new ArgumentException($"a gap between {Last} and {entries}", nameof(entries));
        if (entries.First.Index <= Base.Index)
            throw new ArgumentException($"{entries} begins before the log, at {Base}", nameof(entries));

        while (_runs.Count > 0 && _runs[^1].Index >= entries.First.Index) _runs.RemoveAt(_runs.Count - 1);
        foreach (var entry in entries)
            if (_runs.Count == 0 || _runs[^1].Term != entry.Term) _runs.Add(entry.Id);
        Last = entries.Last.Id;
    }

    private bool TryFindRun(LogIndex index, [NotNullWhen(true)] out int run)
    {
        run = -1;
        if (index > Last.Index || _runs.Count == 0 || index < _runs[0].Index) return false;

        // The questions are nearly always about the newest terms.
        run = _runs.Count - 1;
        while (_runs[run].Index > index) run--;
        return true;
    }
}
