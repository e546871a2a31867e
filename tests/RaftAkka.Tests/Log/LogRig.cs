using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Tests.Log;

/// <summary>A journal on a <see cref="MemoryDisk"/>, with the model of what it has to be.</summary>
/// <param name="segmentBytes">The length of a segment.</param>
/// <param name="keepsHistory">Whether the model remembers every state.</param>
/// <param name="markKey">Every segment's mark key; 0 writes segments of version 1, which have none.</param>
internal sealed class LogRig(int segmentBytes, bool keepsHistory = false, long markKey = LogRig.MarkKey)
{
    public const long MarkKey = 0x1122_3344_5566_7788;

    public static readonly LogIdentity Ann =
        new(new ClusterId("cluster"), new GroupName("raft"), new ServerId("ann"));

    private readonly LogSettings _settings = new() { SegmentBytes = segmentBytes, DrawMarkKey = () => markKey };
    private WriteQueue _queue = new();
    private WriteTicket _ticket;
    private Journal? _journal;

    public MemoryDisk Disk { get; set; } = new();

    public LogModel Model { get; } = new(keepsHistory);

    public Journal Journal => _journal ?? throw new InvalidOperationException("not open");

    /// <summary>Opens the log: it must hold everything that was acknowledged.</summary>
    public void Open()
    {
        _queue = new WriteQueue();
        _journal = Journal.Open(Disk, Ann, _settings);
        Model.ShouldHaveRecoveredTo(_journal);
    }

    public void Submit(HardState? state, params LogEntry[] entries)
    {
        _ticket = _ticket.Next;
        var write = new WriteLog(_ticket, state, LogSlice.Of(entries));
        Model.Submit(write);
        _queue.Add(write);
    }

    public void SubmitBase(long index, long term)
    {
        _ticket = _ticket.Next;
        var compact = new CompactLog(_ticket, new EntryId(new Term(term), new LogIndex(index)));
        Model.Submit(compact);
        _queue.Add(compact, Journal.Contents);
    }

    public void Compact(long index, long term)
    {
        SubmitBase(index, term);
        if (!Flush()) throw new InvalidOperationException("no space");
    }

    /// <summary>Deletes all segments that are not needed.</summary>
    public void DeleteUnneeded()
    {
        while (Journal.HasUnneeded) Journal.DeleteOldest(isSpaceNeeded: false);
    }

    /// <summary>What the log does where the disk is full.</summary>
    public void FreeSpace()
    {
        try
        {
            _queue.CompactAhead(Journal);
            Model.SubmitAhead(Journal.Contents.Base);
            Journal.Sync();
            Model.ShouldBeDurable(Journal);
            DeleteUnneeded();
        }
        catch (DiskException e) when (e.MayPass)
        {
            // The next attempt goes on where this one was.
        }
    }

    /// <summary>Writes all that was submitted, and acknowledges it unless there is no space.</summary>
    public bool Flush()
    {
        try
        {
            _queue.WriteTo(Journal);
        }
        catch (DiskException e) when (e.MayPass)
        {
            return false;
        }

        Model.Acknowledge();
        return true;
    }

    public void Write(HardState? state, params LogEntry[] entries)
    {
        Submit(state, entries);
        if (!Flush()) throw new InvalidOperationException("no space");
    }

    public void Reopen()
    {
        Journal.Finish();
        Disk = Disk.AfterKill();
        Open();
    }

    public void LosePower(Random random)
    {
        Disk = Disk.AfterPowerLoss(random);
        Open();
    }

    public static LogEntry Entry(long index, long term, int payloadBytes = 10, byte fill = 7)
    {
        var payload = new byte[payloadBytes];
        payload.AsSpan().Fill(fill);
        var kind = index % 5 == 0 ? EntryKind.Configuration : EntryKind.Commands;   // Which a start tells apart.
        return LogEntry.Create(new EntryId(new Term(term), new LogIndex(index)), kind, payload);
    }

    public static HardState State(long term, string? vote = null) =>
        new(new Term(term), vote is null ? null : new ServerId(vote));
}
