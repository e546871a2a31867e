using System.Diagnostics.CodeAnalysis;

namespace RaftAkka.Protocol;

/// <summary>
/// Which term each entry of a log has. Kept as the first entry of every run of one term: a few numbers for a log
/// of millions, so that every question of Log Matching (§5.3) is answered from memory.
/// </summary>
public sealed class LogTerms
{
    private readonly List<EntryId> _runs;

    /// <summary>The terms of an empty log.</summary>
    public LogTerms() : this([], EntryId.Zero)
    {
    }

    /// <summary>The terms of a log that was read back.</summary>
    /// <param name="runs">The first entry of every run of one term, in order.</param>
    /// <param name="last">The last entry.</param>
    public LogTerms(IEnumerable<EntryId> runs, EntryId last) => (_runs, Last) = ([.. runs], last);

    /// <summary>The last entry; <see cref="EntryId.Zero"/> for an empty log.</summary>
    public EntryId Last { get; private set; }

    /// <summary>The term of the entry at an index; 0 at index 0, null where there is no entry.</summary>
    public Term? TermAt(LogIndex index)
    {
        if (index == LogIndex.Zero) return Term.Zero;
        return TryFindRun(index, out var run) ? _runs[run].Term : null;
    }

    /// <summary>Whether the log holds this very entry. The place before the first one counts as held.</summary>
    public bool Holds(EntryId id) => TermAt(id.Index) == id.Term;

    /// <summary>The first entry of the run of one term in which an index lies.</summary>
    public EntryId RunAt(LogIndex index) =>
        TryFindRun(index, out var run)
            ? _runs[run]
            : throw new ArgumentOutOfRangeException(nameof(index), $"no entry at {index}; the last is {Last}");

    /// <summary>The last entry whose term is at most <paramref name="term"/>.</summary>
    public EntryId LastOfTermAtMost(Term term)
    {
        for (var run = _runs.Count - 1; run >= 0; run--)
            if (_runs[run].Term <= term)
                return run == _runs.Count - 1 ? Last : new EntryId(_runs[run].Term, _runs[run + 1].Index.Previous);
        return EntryId.Zero;
    }

    /// <summary>Adds entries; the first of them replaces the entry of its index, if there is one, and all behind it.</summary>
    /// <exception cref="ArgumentException">There would be a gap.</exception>
    public void Append(LogSlice entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.IsEmpty) return;
        if (entries.First.Index > Last.Index.Next)
            throw new ArgumentException($"a gap between {Last} and {entries}", nameof(entries));

        TruncateFrom(entries.First.Index);
        foreach (var entry in entries)
            if (_runs.Count == 0 || _runs[^1].Term != entry.Term) _runs.Add(entry.Id);
        Last = entries.Last.Id;
    }

    private void TruncateFrom(LogIndex index)
    {
        if (index > Last.Index) return;
        while (_runs.Count > 0 && _runs[^1].Index >= index) _runs.RemoveAt(_runs.Count - 1);
        Last = _runs.Count == 0 ? EntryId.Zero : new EntryId(_runs[^1].Term, index.Previous);
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
