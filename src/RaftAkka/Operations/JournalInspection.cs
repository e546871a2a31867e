using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Operations;

/// <summary>The log's part of a look at a data directory.</summary>
/// <param name="disk">The directory; what would change it has to be left undone by it.</param>
internal sealed class JournalInspection(IDisk disk)
{
    // Of whoever's data it is where no segment says.
    private static readonly LogIdentity Unknown =
        new(new ClusterId("unknown"), new GroupName("unknown"), new ServerId("unknown"));

    private readonly List<string> _leftovers = [];
    private readonly List<string> _damages = [];
    private List<SegmentReport> _segments = [];

    /// <summary>Whether nothing here is of a log.</summary>
    public bool IsEmpty { get; private set; }

    public LogIdentity? Identity { get; private set; }

    /// <summary>The disk that the log began on.</summary>
    public DiskId Disk { get; private set; }

    public LogContents Contents { get; private set; } = new(EntryId.Zero, EntryId.Zero);

    public IReadOnlyList<SegmentReport> Segments => _segments;

    public IReadOnlyList<string> Leftovers => _leftovers;

    public IReadOnlyList<string> Damages => _damages;

    public void Run()
    {
        var names = disk.List();
        var segments = names.Where(name => SegmentHeader.TryParseName(name, out _)).ToList();
        IsEmpty = segments.Count == 0 && !names.Contains(Restoration.Marker);
        foreach (var name in names.Where(SegmentHeader.IsUnfinished))
            _leftovers.Add($"{name}: a segment that was never used; a start removes it.");

        _segments = [.. segments.Select(Measured)];
        var header = segments.Select(HeaderIn).FirstOrDefault(header => header is not null);
        (Identity, Disk) = (header?.Identity, header?.Disk ?? DiskId.Unknown);
        if (!IsEmpty) Recover();
    }

    private void Recover()
    {
        // Whatever the settings: only a new log needs them, and there is one.
        var faults = new LogFaults(Identity ?? Unknown, disk.Location);
        var recovery = new JournalRecovery(disk, Identity ?? Unknown, new LogSettings(), faults);
        try
        {
            var found = recovery.Run();
            found.Last.Dispose();
            if (found.BytesCut > 0)
                _leftovers.Add($"{found.Last.Name}: {found.BytesCut} bytes behind byte {found.End}, which a start cuts off. They "
                    + "are the end of a write that a crash interrupted, which was not acknowledged; or the disk has lost "
                    + "the end of one that was: which of the two cannot be told from here.");
        }
        catch (UnusableLogException e)
        {
            _damages.Add(e.Message);
        }
        catch (DiskException e) when (e.Failure == DiskFailure.Broken)
        {
            _damages.Add($"The log cannot be read: {e.Message}. {e.Cure}");
        }

        Contents = recovery.Contents;
        var ranges = Contents.Segments.ToDictionary(range => SegmentHeader.NameOf(range.Number));
        _segments = [.. _segments.Select(segment => ranges.TryGetValue(segment.Name, out var range)
            ? segment with { First = IdOf(range.First), Last = IdOf(range.Last) }
            : segment)];
    }

    private SegmentReport Measured(string name)
    {
        using var file = disk.Open(name);
        return new SegmentReport(name, file.Length, First: null, Last: null);
    }

    private SegmentHeader? HeaderIn(string name)
    {
        using var file = disk.Open(name);
        var bytes = new byte[SegmentHeader.Bytes];
        try
        {
            return SegmentHeader.Decode(bytes.AsSpan(0, file.Read(0, bytes)), name, new LogFaults(Unknown, disk.Location));
        }
        catch (Exception e) when (e is UnusableLogException or DiskException { Failure: DiskFailure.Broken })
        {
            return null;   // The recovery says what is wrong with it.
        }
    }

    private EntryId IdOf(LogIndex index) => new(Contents.TermAt(index) ?? Term.Zero, index);
}
