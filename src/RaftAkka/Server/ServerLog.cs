using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>The server's picture of its log: every entry's term, and the newest entries themselves.</summary>
internal sealed class ServerLog(LogTerms terms, int cacheBytesMax)
{
    private readonly EntryCache _cache = new(cacheBytesMax);

    public LogTerms Terms { get; } = terms;

    public EntryId Last => Terms.Last;

    /// <summary>The last entry that a snapshot took the place of.</summary>
    public EntryId Base => Terms.Base;

    /// <summary>Keeps entries that are in the log already.</summary>
    public void Remember(LogSlice tail) => _cache.Append(tail);

    /// <summary>Adds entries; the first of them replaces the entry of its index, if there is one, and all behind it.</summary>
    public void Append(LogSlice entries)
    {
        Terms.Append(entries);
        _cache.Append(entries);
    }

    /// <summary>Lets the log begin behind an entry: see <see cref="LogTerms.CompactTo"/>.</summary>
    public void CompactTo(EntryId @base)
    {
        Terms.CompactTo(@base);
        if (Last == Base) _cache.Clear();
        else _cache.DropThrough(Base.Index);
    }

    /// <summary>The entry at an index, which must be in the log or the place before the first.</summary>
    public EntryId IdAt(LogIndex index) => new(
        Terms.TermAt(index) ?? throw new ArgumentOutOfRangeException(
            nameof(index), $"no entry at {index}; they begin behind {Base}, and the last is {Last}"),
        index);

    /// <summary>Entries from memory, at least one; null where they must be read from disk.</summary>
    public LogSlice? TryRead(LogIndex from, LogIndex through, int bytesMax, int countMax = int.MaxValue) =>
        _cache.Read(from, through, bytesMax, countMax);
}
