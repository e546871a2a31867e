using RaftAkka.Operations;
using RaftAkka.Protocol;

namespace RaftAkka.Log;

/// <summary>
/// The log as a journal of records in preallocated segments. Nothing in it is ever changed, only added to: an
/// entry takes the place of an earlier one of the same index and of all behind that, so a shortened log is
/// journaled by the entry that shortens it. Term and vote are records of the same journal, so that one sync
/// covers them and the entries.
/// <code>
/// segment: header (512 bytes) | term and vote | records … | seal | zeros
/// records: [mark] entries, terms and votes of one sync | [mark] those of the next | …
/// </code>
/// A mark says that all before it had been synced. It goes ahead of the next sync's records, or stands alone
/// where there are none for a while, and costs no sync of its own. An unsound record with a mark behind it is
/// damage; one without is a write that was interrupted before it was acknowledged, or its damaged remains,
/// which nothing on the disk can tell apart.
/// <para>
/// A log that a snapshot took the beginning of begins behind a base, which is a record too (kind 0xF3: term and
/// index of the base, and of the last entry then). Each segment begins with term and vote, and its header states
/// the base so far, so that none before it is needed to know them: once a base is durable, the segments that
/// hold no entry behind it are deleted, the oldest first, each for good before the next one.
/// </para>
/// </summary>
internal sealed class Journal : IDisposable
{
    // Behind each record stays room for a mark ahead of it, a mark of its own, and the seal.
    private const int ReserveBytes = 3 * JournalRecords.PlaceBytesMax;

    // And, behind the two marks that a record may get, for a base with a reserve of its own, which nothing but a
    // base takes: it is what frees space where there is none for a segment.
    private const int BaseReserveBytes =
        2 * JournalRecords.PlaceBytesMax + JournalRecords.BaseBytes + ReserveBytes;

    private const int BufferBytes = 256 * 1024;

    private static readonly byte[] Zeros = new byte[128 * 1024];

    private readonly IDisk _disk;
    private readonly LogIdentity _identity;
    private readonly LogSettings _settings;
    private readonly LogFaults _faults;
    private readonly JournalReader _reader;

    // Records that wait to be written; they end at _end.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int _buffered;

    private Segment _active;
    private int _end;          // Where the next record goes.
    private int _settled;      // Everything before this is durable, but for marks.
    private int _zeroedTo;     // Zeros have been written up to here, not only reserved.
    private bool _markDue;     // Everything is durable up to _settled, and no mark says so.
    private long _oldest;      // The first segment that there is.

    // The next segment may be on the disk, and this one was not sealed for it: see RemoveSuccessor.
    private bool _mayHaveSuccessor;

    private Journal(
        IDisk disk, LogIdentity identity, LogSettings settings, LogFaults faults, RecoveredJournal found)
    {
        (_disk, _identity, _settings, _faults) = (disk, identity, settings, faults);
        (Contents, IsNew, BytesCut) = (found.Contents, found.IsNew, found.BytesCut);
        _reader = new JournalReader(disk, Contents, faults);
        (_oldest, _active) = (found.Oldest, found.Last);
        _markDue = found.MarkDue;
        _end = _settled = _zeroedTo = found.End;
    }

    /// <summary>The log, term and vote, with everything that was appended, durable or not.</summary>
    public LogContents Contents { get; }

    /// <summary>The disk that it began on.</summary>
    public DiskId Disk => _active.Header.Disk;

    /// <summary>Whether there was no journal before.</summary>
    public bool IsNew { get; }

    /// <summary>How many bytes of an interrupted write were cut off at the start.</summary>
    public int BytesCut { get; }

    /// <summary>The segment's file that the next record goes to.</summary>
    public string ActiveName => _active.Name;

    /// <summary>Where the next record goes, for messages to people.</summary>
    public string Position => $"byte {_end} of {_active.Name}";

    /// <summary>Whether a directory holds a journal, or what is to become one by a restore.</summary>
    public static bool IsIn(IDisk disk) =>
        disk.List().Any(name => SegmentHeader.TryParseName(name, out _) || name == Restoration.Marker);

    /// <summary>
    /// Opens the journal, or creates it in an empty directory. What it then holds is durable.
    /// </summary>
    /// <param name="disk">The directory.</param>
    /// <param name="identity">Whose journal it is to be.</param>
    /// <param name="settings">How it keeps its files.</param>
    /// <param name="newDisk">The name that the disk gets where the journal is created; it has one already otherwise.</param>
    /// <exception cref="UnusableLogException">
    /// The files are damaged, incomplete, or not this server's.
    /// </exception>
    /// <exception cref="DiskException">The disk refused.</exception>
    public static Journal Open(IDisk disk, LogIdentity identity, LogSettings settings, DiskId newDisk = default)
    {
        var faults = new LogFaults(identity, disk.Location);
        var found = new JournalRecovery(disk, identity, settings, faults) { NewDisk = newDisk }.Run();
        return new Journal(disk, identity, settings, faults, found);
    }

    /// <summary>
    /// Adds a term and vote, not yet durable. With "no space", nothing was added and it may be called again.
    /// </summary>
    public void Append(HardState state)
    {
        if (Contents.Objection(state) is { } objection) throw _faults.NotAllowed(objection);
        Place(JournalRecords.Encode(state), BaseReserveBytes);
        Contents.Set(state);
    }

    /// <summary>
    /// Adds an entry, not yet durable. With "no space", nothing was added and it may be called again.
    /// </summary>
    public void Append(LogEntry entry)
    {
        if (Contents.Objection(entry.Id) is { } objection) throw _faults.NotAllowed(objection);
        var offset = Place(entry.Record.Span, BaseReserveBytes);
        Contents.Add(entry.Id, new EntryPlace(_active.Number, offset));
    }

    /// <summary>
    /// Lets the log begin behind a base, not yet durably. The entries behind it stay where the log holds the
    /// base itself, else all go. A base at or before the present one changes nothing. With "no space", nothing
    /// was changed and it may be called again.
    /// </summary>
    public void Compact(EntryId @base)
    {
        if (@base.Index <= Contents.Base.Index) return;
        var last = Contents.TermAt(@base.Index) == @base.Term ? Contents.Last : @base;
        if (Contents.ObjectionToBase(@base, last) is { } objection) throw _faults.NotAllowed(objection);
        Place(JournalRecords.EncodeBase(@base, last), ReserveBytes);
        Contents.Compact(@base, last);
    }

    /// <summary>
    /// Whether there are segments that hold nothing of the log any more, and everything that says so is
    /// durable: <see cref="DeleteOldest"/> is due.
    /// </summary>
    public bool HasUnneeded => _end == _settled && _oldest < (Contents.FirstSegment ?? _active.Number);

    /// <summary>
    /// Deletes the oldest segment, which is not needed. With "no space", which some file systems say of a
    /// deletion too, it may be called again.
    /// </summary>
    /// <param name="isSpaceNeeded">Whether to wait until its space is free.</param>
    public void DeleteOldest(bool isSpaceNeeded)
    {
        Invariant.Holds(HasUnneeded, "only a segment that holds nothing of the log is deleted");
        _reader.Close(_oldest);   // An open file keeps its space.
        if (isSpaceNeeded) _disk.Delete(SegmentHeader.NameOf(_oldest));
        else _disk.DeleteWithoutHurry(SegmentHeader.NameOf(_oldest));

        // For good, before the next one goes: a disk that forgot this and kept that would have a hole.
        _disk.SyncDirectory();
        _oldest++;
    }

    /// <summary>
    /// Makes everything that was appended durable. With "no space", it may be called again.
    /// </summary>
    public void Sync()
    {
        if (_end == _settled) return;
        WriteBuffer();
        WriteZerosAhead();
        _active.File.Sync();
        _settled = _end;
        _markDue = true;
    }

    /// <summary>Writes a mark, where one is due, without waiting for the disk.</summary>
    public void Mark()
    {
        if (!_markDue || _end != _settled || _mayHaveSuccessor) return;
        var mark = _active.EncodePlace(JournalRecords.SyncMark, _end);
        try
        {
            _active.File.Write(_end, mark);
        }
        catch (DiskException e) when (e.MayPass)
        {
            return;   // The next sync's records bring it along.
        }

        _markDue = false;
        _end += mark.Length;
        _settled = _end;
    }

    /// <summary>
    /// Reads entries that are there, stopping when their records reach a number of bytes; at least one.
    /// </summary>
    public int Read(LogIndex from, LogIndex to, int bytesMax, List<LogEntry> entries) =>
        _reader.Read(from, to, bytesMax, _active, entries);

    /// <summary>
    /// Reads the newest entries, the last one and as many before it as surely fit a number of bytes.
    /// </summary>
    public LogSlice ReadTail(int bytesMax) => _reader.ReadTail(bytesMax, _active, _end);

    /// <summary>
    /// Leaves a journal that lost nothing: its end is marked, so that damage to it will show.
    /// </summary>
    public void Finish()
    {
        if (_end != _settled) return;   // Something waits for space, and was not acknowledged.
        Mark();
        _active.File.Sync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _active.Dispose();
    }

    private int Place(ReadOnlySpan<byte> record, int reserveBytes)
    {
        if (_end + record.Length + reserveBytes > _active.Length) StartSegment(record.Length);
        else RemoveSuccessor();
        if (_markDue && _end == _settled)
        {
            Stage(_active.EncodePlace(JournalRecords.SyncMark, _end));
            _markDue = false;
        }

        var offset = _end;
        Stage(record);
        return offset;
    }

    // What is here becomes durable before the next segment's header says so; the next segment is durable
    // before the seal says that there is one; and the seal before anything in the next segment is
    // acknowledged. "No space" at any step leaves this segment in use, and the next attempt takes the same
    // steps again; or what fits here removes the next segment first.
    private void StartSegment(int recordBytes)
    {
        if (_end != _settled) Sync();
        else _active.File.Sync();   // The last record may be a mark, which did not wait for the disk.

        var first = JournalRecords.Encode(Contents.HardState).Length;
        var length =
            Math.Max(_settings.SegmentBytes, SegmentHeader.Bytes + first + recordBytes + BaseReserveBytes);
        var header = new SegmentHeader(
            _identity, _active.Number + 1, length, _end, Contents.Last, Contents.Base, Disk, _settings.DrawMarkKey());
        var replaces = _mayHaveSuccessor;
        _mayHaveSuccessor = true;
        var next = Segment.Create(_disk, header, Contents.HardState, replaces, _faults);
        try
        {
            _active.File.Write(_end, _active.EncodePlace(JournalRecords.Seal, _end));
            _active.File.Sync();
        }
        catch
        {
            next.Dispose();
            throw;
        }

        _active.Dispose();
        _active = next;
        _mayHaveSuccessor = false;
        _end = _settled = _zeroedTo = SegmentHeader.Bytes + first;
        _markDue = false;   // The header and the first record were durable before the segment had its name.
    }

    // The header of the next segment says where this one ends: a start reads this one so far, and no farther. So nothing
    // is added here, as a base is that frees space, before the next segment is gone for good.
    private void RemoveSuccessor()
    {
        if (!_mayHaveSuccessor) return;
        _disk.Delete(SegmentHeader.NameOf(_active.Number + 1));
        _disk.SyncDirectory();
        _mayHaveSuccessor = false;
    }

    private void Stage(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _buffered) WriteBuffer();
        if (bytes.Length > _buffer.Length)
        {
            _active.File.Write(_end, bytes);
        }
        else
        {
            bytes.CopyTo(_buffer.AsSpan(_buffered));
            _buffered += bytes.Length;
        }

        _end += bytes.Length;
    }

    // After "no space" part of this may be on the disk; the same bytes then go to the same place again.
    private void WriteBuffer()
    {
        if (_buffered == 0) return;
        _active.File.Write(_end - _buffered, _buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    // Blocks that are only reserved become real ones at the first sync after they are written, which costs
    // the file system a transaction for each sync (a third of its time, with 16 KB a sync). Zeros ahead of
    // the records make many blocks real at once, and are gone over by the records.
    private void WriteZerosAhead()
    {
        if (_end <= _zeroedTo) return;
        var count = Math.Min(Zeros.Length, _active.Length - _end);
        _active.File.Write(_end, Zeros.AsSpan(0, count));
        _zeroedTo = _end + count;
    }
}
