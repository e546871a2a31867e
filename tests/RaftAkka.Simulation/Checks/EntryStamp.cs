using System.Buffers.Binary;
using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Checks;

/// <summary>An entry as the checks remember it: its term, and its record's length and checksum.</summary>
internal readonly record struct EntryStamp(Term Term, ulong Record)
{
    public static EntryStamp Of(LogEntry entry) =>
        new(entry.Term, BinaryPrimitives.ReadUInt64LittleEndian(entry.Record.Span));
}

/// <summary>
/// A log as the checks remember it: all of it. What a snapshot took the place of is committed, so that the checks know
/// it, and hold it against others as if it were still there.
/// </summary>
internal sealed class ShadowLog
{
    private readonly List<EntryStamp> _entries = [];

    public ShadowLog()
    {
    }

    public ShadowLog(ShadowLog other)
    {
        _entries.AddRange(other._entries);
        Base = other.Base;
    }

    /// <summary>The last entry that a snapshot took the place of.</summary>
    public EntryId Base { get; private set; }

    public LogIndex LastIndex => new(_entries.Count);

    public EntryId Last => IdAt(LastIndex);

    public EntryStamp? At(LogIndex index) =>
        index.Value >= 1 && index.Value <= _entries.Count ? _entries[(int)index.Value - 1] : null;

    public EntryId IdAt(LogIndex index) => At(index) is { } stamp ? new EntryId(stamp.Term, index) : EntryId.Zero;

    public bool Holds(LogIndex index, EntryStamp stamp) => At(index) == stamp;

    public bool Holds(LogEntry entry) => Holds(entry.Index, EntryStamp.Of(entry));

    public void Append(LogSlice entries)
    {
        foreach (var entry in entries) Append(entry);
    }

    /// <summary>Adds an entry in place of that of the same index and all behind it.</summary>
    public void Append(LogEntry entry)
    {
        var place = (int)entry.Index.Value - 1;
        if (place < _entries.Count) _entries.RemoveRange(place, _entries.Count - place);
        _entries.Add(EntryStamp.Of(entry));
    }

    /// <summary>Lets the log begin behind an entry; where it has another one there, what is committed takes its place.</summary>
    public void CompactTo(EntryId @base, Func<LogIndex, EntryStamp> committed)
    {
        if (@base.Index <= Base.Index) return;

        Base = @base;
        if (IdAt(@base.Index) == @base) return;
        _entries.Clear();
        for (var index = new LogIndex(1); index <= @base.Index; index = index.Next) _entries.Add(committed(index));
    }

    public bool Matches(LogTerms terms, LogSlice tail)
    {
        if (terms.Last != Last || terms.Base != Base) return false;
        for (var index = Base.Index.Next; index <= LastIndex; index = index.Next)
            if (terms.TermAt(index) != At(index)!.Value.Term) return false;
        return tail.All(Holds);
    }

    public override string ToString() => _entries.Count == 0 ? "empty" : $"1..{Last}";
}
