using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>An open segment of a journal.</summary>
internal sealed class Segment(SegmentHeader header, IDiskFile file) : IDisposable
{
    public SegmentHeader Header => header;

    public IDiskFile File => file;

    public string Name => header.Name;

    public long Number => header.Number;

    public int Length => header.Length;

    /// <summary>The length of a mark and of a seal here.</summary>
    public int PlaceBytes => JournalRecords.PlaceBytes(header.MarkKey);

    /// <summary>A mark or a seal for a place here.</summary>
    public byte[] EncodePlace(byte kind, long offset) =>
        JournalRecords.EncodePlace(kind, header.Number, offset, header.MarkKey);

    /// <summary>Whether a sound record of the kind of a mark or seal stands at the place here that it names.</summary>
    public bool IsInPlace(ReadOnlySpan<byte> record, long offset) =>
        JournalRecords.IsInPlace(record, header.Number, offset, header.MarkKey);

    /// <summary>
    /// Creates a segment that begins with a term and vote, so that it needs none before it. A crash at any
    /// step leaves either no segment, and a file with an unfinished name, or the whole segment: its name
    /// comes after its bytes are durable, and it is used only after its name is.
    /// </summary>
    /// <param name="disk">The directory.</param>
    /// <param name="header">What it is.</param>
    /// <param name="state">Term and vote.</param>
    /// <param name="replaces">
    /// Whether a segment of this number may be there that this journal made, and never used. Any other is not replaced.
    /// </param>
    /// <param name="faults">What to say where there is one.</param>
    public static Segment Create(IDisk disk, SegmentHeader header, HardState state, bool replaces, LogFaults faults)
    {
        var unfinished = SegmentHeader.UnfinishedNameOf(header.Number);
        var file = disk.Create(unfinished);
        try
        {
            file.Allocate(header.Length);
            file.Write(0, header.Encode());
            file.Write(SegmentHeader.Bytes, JournalRecords.Encode(state));
            file.Sync();
            file.Dispose();   // Opened again under its name, which is what its errors are to show.
            if (replaces) disk.Rename(unfinished, header.Name);
            else if (!disk.TryRenameNew(unfinished, header.Name)) throw faults.IsInTheWay(header.Name);
            disk.SyncDirectory();
            return new Segment(header, disk.Open(header.Name));
        }
        catch (DiskException e) when (e.MayPass)
        {
            file.Dispose();
            disk.Delete(unfinished);   // What it got of the space is not kept while waiting for the rest.
            throw;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a segment and checks everything that its header says.</summary>
    public static Segment Open(IDisk disk, long number, LogIdentity identity, LogFaults faults)
    {
        var name = SegmentHeader.NameOf(number);
        var file = disk.Open(name);
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
            bytes = bytes[..file.Read(0, bytes)];
            var header = SegmentHeader.Decode(bytes, name, faults);

            if (header.Identity != identity) throw faults.ForeignLog(name, header.Identity);
            if (header.Number != number)
                throw faults.Damaged(
                    name, 16, $"its header is that of segment {header.Name}", "The file was renamed.");
            if (header.Length != file.Length) throw faults.WrongLength(name, file.Length, header.Length);
            return new Segment(header, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => file.Dispose();
}
