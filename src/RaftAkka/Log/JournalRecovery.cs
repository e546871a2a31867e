using System.Buffers.Binary;
using RaftAkka.Operations;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>What a journal's recovery found, all of it durable.</summary>
/// <param name="Contents">The log, term and vote.</param>
/// <param name="Oldest">The number of the first segment.</param>
/// <param name="Last">The segment to write to.</param>
/// <param name="End">Where its records end.</param>
/// <param name="MarkDue">Whether no mark says yet that everything before the end is durable.</param>
/// <param name="IsNew">Whether there was no log and this one was created.</param>
/// <param name="BytesCut">How many bytes of an interrupted write were behind the end.</param>
internal sealed record RecoveredJournal(
    LogContents Contents, long Oldest, Segment Last, int End, bool MarkDue, bool IsNew, int BytesCut);

/// <summary>
/// Opens a journal: verifies every byte, and tells an interrupted write, which is cut off, from damage to
/// what may have been acknowledged, with which it refuses to start.
/// </summary>
internal sealed class JournalRecovery(
    IDisk disk, LogIdentity identity, LogSettings settings, LogFaults faults)
{
    private LogContents _contents = new(EntryId.Zero, EntryId.Zero);

    /// <summary>The disk's name where there is no journal yet.</summary>
    public DiskId NewDisk { get; init; }

    /// <summary>What was recovered; where it ended with damage, what came before that.</summary>
    public LogContents Contents => _contents;

    public RecoveredJournal Run()
    {
        var (segments, unfinished) = Inventory();

        // A crash of the process alone may have left names that only the kernel knows. They have to be durable before
        // a segment is sealed: a seal says that the next segment is there, and without it no start is possible.
        disk.SyncDirectory();
        var found = segments.Count > 0 ? RecoverAll(segments) : null;
        foreach (var name in unfinished) disk.Delete(name);   // A crash came before their first use.
        return found ?? CreateFirst();
    }

    private (List<long> Segments, List<string> Unfinished) Inventory()
    {
        var segments = new List<long>();
        var unfinished = new List<string>();
        foreach (var name in disk.List())
            if (SegmentHeader.TryParseName(name, out var number)) segments.Add(number);
            else if (SegmentHeader.IsUnfinished(name)) unfinished.Add(name);
            else if (name == Restoration.Marker) throw faults.RestoreUnfinished();
            else throw faults.ForeignFile(name);

        segments.Sort();
        for (var i = 1; i < segments.Count; i++)
            if (segments[i] != segments[i - 1] + 1)
                throw Missing(
                    SegmentHeader.NameOf(segments[i] - 1), $"{SegmentHeader.NameOf(segments[i])} follows it");
        return (segments, unfinished);
    }

    // Something else may have the name: a directory, or a link that leads nowhere it may.
    private UnusableLogException Missing(string name, string evidence)
    {
        try
        {
            disk.Open(name).Dispose();
            return faults.Missing(name, evidence);
        }
        catch (DiskException e)
        {
            return e.Failure == DiskFailure.Refused ? faults.NotAFile(name, e) : faults.Missing(name, evidence);
        }
    }

    private RecoveredJournal CreateFirst()
    {
        var header = new SegmentHeader(
            identity, 1, settings.SegmentBytes, PreviousEnd: 0, PreviousLast: EntryId.Zero, Base: EntryId.Zero,
            NewDisk, settings.DrawMarkKey());
        var first = Segment.Create(disk, header, default, replaces: false, faults);
        var end = SegmentHeader.Bytes + JournalRecords.Encode(default(HardState)).Length;
        return new RecoveredJournal(
            _contents, Oldest: 1, first, end, MarkDue: false, IsNew: true, BytesCut: 0);
    }

    private RecoveredJournal RecoverAll(List<long> numbers)
    {
        Segment? current = null;
        Segment? next = null;
        try
        {
            current = Segment.Open(disk, numbers[0], identity, faults);
            _contents = new LogContents(current.Header.Base, current.Header.PreviousLast);
            foreach (var number in numbers.Skip(1))
            {
                next = Segment.Open(disk, number, identity, faults);
                RecoverWhole(current, next.Header);
                current.Dispose();
                (current, next) = (next, null);
            }

            return RecoverLast(current, numbers[0]);
        }
        catch
        {
            current?.Dispose();
            next?.Dispose();
            throw;
        }
    }

    // Everything in a segment was durable before its successor was created.
    private void RecoverWhole(Segment segment, SegmentHeader next)
    {
        if (next.PreviousEnd <= SegmentHeader.Bytes
            || next.PreviousEnd > segment.Length - segment.PlaceBytes)
            throw faults.Damaged(next.Name, 28,
                $"it says that {segment.Name} ends at byte {next.PreviousEnd}",
                $"That file is {segment.Length} bytes long.");

        var scanner = new SegmentScanner(segment, next.PreviousEnd);
        var scan = Scan(segment, scanner, next.PreviousEnd);
        if (scan.End != next.PreviousEnd || scan.IsSealed)
            throw faults.Damaged(segment.Name, scan.End, Describe(scanner, scan.End),
                $"Segment {next.Name} follows and says that records go on here to byte {next.PreviousEnd}, "
                + "so this is not an interrupted last write.");
        if (_contents.Last != next.PreviousLast)
            throw faults.Damaged(segment.Name, scan.End, $"its last entry is {_contents.Last}",
                $"Segment {next.Name} follows and says that it was {next.PreviousLast}.");

        if (_contents.Base != next.Base)
            throw faults.Damaged(segment.Name, scan.End, $"its log begins behind {_contents.Base}",
                $"Segment {next.Name} follows and says that it began behind {next.Base}.");

        if (next.Disk != segment.Header.Disk)
            throw faults.Damaged(next.Name, 264, $"it is of the disk {next.Disk}",
                $"{segment.Name} is of the disk {segment.Header.Disk}: files of two directories were mixed.");

        // The last step of starting a new segment; a crash may have come before it.
        var sealing = new SegmentScanner(segment, segment.Length);
        var isSealed = sealing.TryRead(scan.End, out var header, out var record)
            && header.Kind == JournalRecords.Seal
            && segment.IsInPlace(record, scan.End);
        if (isSealed) return;
        segment.File.Write(scan.End, segment.EncodePlace(JournalRecords.Seal, scan.End));
        segment.File.Sync();
    }

    private RecoveredJournal RecoverLast(Segment segment, long oldest)
    {
        var scanner = new SegmentScanner(segment, segment.Length);
        var scan = Scan(segment, scanner, segment.Length);
        if (scan.IsSealed)
            throw Missing(SegmentHeader.NameOf(segment.Number + 1),
                $"{segment.Name} ends with the note that it was created");
        if (scanner.FindBytes(scan.End) is { } behind && scanner.FindProof(behind.Offset) is { } proof)
            throw faults.Damaged(segment.Name, scan.End, Describe(scanner, scan.End),
                $"A mark at byte {proof} says that everything before it had reached the disk, "
                + "so this is not an interrupted last write.");
        if (_contents.GoneThrough > _contents.Base.Index)
            throw faults.Missing(SegmentHeader.NameOf(oldest - 1),
                $"entries up to {_contents.GoneThrough} stood before {SegmentHeader.NameOf(oldest)}, and "
                + $"what took the place of entries ends with {_contents.Base}");

        MakeDurable(segment, scanner, scan);
        var cut = CutOff(segment, scanner, scan.End);
        segment.File.Sync();
        return new RecoveredJournal(
            _contents, oldest, segment, scan.End, MarkDue: scan.End > scan.ProofEnd, IsNew: false,
            BytesCut: cut);
    }

    // What no mark vouches for may be known to the kernel only: the last process may have ended before its
    // sync, or because its sync failed, after which the kernel counts its pages as written. Whoever sends the
    // same bytes again and syncs them knows better; and the server acts on what it finds here as if it had
    // just been written.
    private static void MakeDurable(Segment segment, SegmentScanner scanner, ScanResult scan)
    {
        for (var offset = scan.Proof; offset < scan.End;)
        {
            var bytes = scanner.Peek(offset, Math.Min(64 * 1024, scan.End - offset));
            segment.File.Write(offset, bytes);
            offset += bytes.Length;
        }
    }

    // Bytes of the interrupted write must not stay: a later record could end right where an old one begins,
    // and after another crash the old one would be taken for its successor. A crash while they go, with any
    // of them gone and others not, is another interrupted write: what is before the end is not touched, what
    // is at the end gets no sounder by zeros, and no mark is written behind it before all this is synced.
    private static int CutOff(Segment segment, SegmentScanner scanner, int end)
    {
        var cut = 0;
        for (var offset = end; scanner.FindBytes(offset) is var (start, length);)
        {
            segment.File.Write(start, new byte[length]);
            offset = start + length;
            cut = offset - end;
        }

        return cut;
    }

    private ScanResult Scan(Segment segment, SegmentScanner scanner, int limit)
    {
        var offset = SegmentHeader.Bytes;
        var (proof, proofEnd) = (0, 0);
        while (offset < limit && scanner.TryRead(offset, out var header, out var record))
        {
            var isFirst = offset == SegmentHeader.Bytes;
            if (isFirst && header.Kind != JournalRecords.HardState) break;

            switch (header.Kind)
            {
                case JournalRecords.SyncMark or JournalRecords.Seal
                    when !segment.IsInPlace(record, offset):
                    return new ScanResult(offset, proof, proofEnd, IsSealed: false);
                case JournalRecords.SyncMark:
                    (proof, proofEnd) = (offset, offset + header.RecordBytes);
                    break;
                case JournalRecords.Seal:
                    return new ScanResult(offset, proof, proofEnd, IsSealed: true);
                case JournalRecords.HardState:
                    TakeHardState(segment, offset, header, record);
                    break;
                case JournalRecords.Base:
                    TakeBase(segment, offset, header, record);
                    break;
                case var kind when Enum.IsDefined((EntryKind)kind):
                    if (_contents.Objection(header.Id) is { } objection)
                        throw Impossible(segment, offset, objection);
                    _contents.Add(header.Id, new EntryPlace(segment.Number, offset));
                    if (kind == (byte)EntryKind.Configuration)
                        _contents.AddConfiguration(record[RecordCodec.HeaderBytes..].ToArray());
                    break;
                default:
                    throw faults.UnknownKind(segment.Name, offset, header);
            }

            offset += header.RecordBytes;
            // The first record was durable before the segment had its name.
            if (isFirst) (proof, proofEnd) = (offset, offset);
        }

        if (scanner.UnknownVersionAt(offset) is { } version)
            throw faults.UnknownRecordVersion(segment.Name, offset, version);
        if (offset == SegmentHeader.Bytes)
            throw faults.Damaged(segment.Name, offset, Describe(scanner, offset),
                "The term and vote here were durable before the segment was used.");
        return new ScanResult(offset, proof, proofEnd, IsSealed: false);
    }

    private void TakeHardState(Segment segment, int offset, RecordHeader header, ReadOnlySpan<byte> record)
    {
        if (!JournalRecords.TryDecodeHardState(record, header.Id.Term, out var state))
            throw Impossible(segment, offset, "its vote is no server's name");
        if (_contents.Objection(state.Value) is { } objection) throw Impossible(segment, offset, objection);
        _contents.Set(state.Value);
    }

    private void TakeBase(Segment segment, int offset, RecordHeader header, ReadOnlySpan<byte> record)
    {
        if (!JournalRecords.TryDecodeBase(record, out var last))
            throw Impossible(segment, offset, "its base names no last entry");
        if (_contents.ObjectionToBase(header.Id, last) is { } objection)
            throw Impossible(segment, offset, objection);
        _contents.Compact(header.Id, last);
    }

    private UnusableLogException Impossible(Segment segment, int offset, string objection) =>
        faults.Damaged(segment.Name, offset, objection,
            "The record's checksum is right, so it was written like this, here or in another log.");

    private static string Describe(SegmentScanner scanner, int offset)
    {
        var start = scanner.Peek(offset, 8);
        if (start.Length < 8) return "no record has room here";

        var length = BinaryPrimitives.ReadUInt32LittleEndian(start);
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        if (length is < RecordCodec.HeaderBytes or > RecordCodec.HeaderBytes + RecordCodec.PayloadBytesMax)
            return $"no record is {length} bytes long";

        var record = scanner.Peek(offset, (int)length);
        if (record.Length < length) return $"a record of {length} bytes has no room here";

        var actual = Crc32C.Compute(record[..4], record[8..]);
        return actual == stated ? "an unexpected record" : $"checksum {actual:x8}, expected {stated:x8}";
    }

    /// <param name="End">The first offset without a sound record.</param>
    /// <param name="Proof">The last offset before which everything is surely durable.</param>
    /// <param name="ProofEnd">Where the mark that says so ends.</param>
    /// <param name="IsSealed">Whether the segment's seal is at the end.</param>
    private readonly record struct ScanResult(int End, int Proof, int ProofEnd, bool IsSealed);
}
