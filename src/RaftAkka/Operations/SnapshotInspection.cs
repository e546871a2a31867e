using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Operations;

/// <summary>The snapshots' part of a look at a data directory: unlike a start, it verifies all of them.</summary>
/// <param name="disk">The directory of snapshots; null where there is none.</param>
/// <param name="identity">Whose they have to be; null where that is not known.</param>
internal sealed class SnapshotInspection(IDisk? disk, LogIdentity? identity)
{
    private readonly List<SnapshotReport> _snapshots = [];
    private readonly List<string> _leftovers = [];
    private readonly List<string> _damages = [];

    /// <summary>Whether nothing here is of a snapshot, finished or not.</summary>
    public bool IsEmpty => _snapshots.Count == 0 && _leftovers.Count == 0;

    public IReadOnlyList<SnapshotReport> Snapshots => _snapshots;

    public IReadOnlyList<string> Leftovers => _leftovers;

    public IReadOnlyList<string> Damages => _damages;

    /// <summary>The last entry of the newest sound snapshot.</summary>
    public EntryId NewestSound => _snapshots.Where(snapshot => snapshot.IsSound)
        .Select(snapshot => snapshot.Last).LastOrDefault();

    /// <summary>The configuration in it, encoded; empty where there is none.</summary>
    public ReadOnlyMemory<byte> NewestConfiguration { get; private set; }

    public void Run()
    {
        if (disk is null) return;
        foreach (var name in disk.List())
        {
            if (SnapshotFileNames.FinishedIn(name) is { } last) Verify(name, last);
            else if (Leftover(name) is { } leftover) _leftovers.Add($"{name}: {leftover}");
        }
    }

    private void Verify(string name, EntryId last)
    {
        using var file = disk!.Open(name);
        var isSound = false;
        try
        {
            var owner = identity ?? OwnerOf(file, name);
            var verified = SnapshotFileReceipt.Verify(file, owner, FaultsOf(owner, name));
            isSound = verified.Last == last;
            if (isSound) NewestConfiguration = verified.Head.Configuration;   // The oldest comes first.
            if (!isSound) _damages.Add($"{name}: it is the snapshot of {verified.Last}. The file was renamed.");
        }
        catch (DamagedSnapshotException e)
        {
            _damages.Add($"{e.Message}\nA start sets it aside, and goes on with the one before it, where that and the "
                + "log suffice. Check the disk.");
        }
        catch (UnusableLogException e)
        {
            _damages.Add(e.Message);
        }
        catch (DiskException e) when (e.Failure == DiskFailure.Broken)
        {
            _damages.Add($"{e.Message}\nA start leaves it as it is, and goes on with the one before it, where that and the "
                + $"log suffice. {e.Cure}");
        }

        _snapshots.Add(new SnapshotReport(name, file.Length, last, isSound));
    }

    private LogIdentity OwnerOf(IDiskFile file, string name)
    {
        var unknown = new LogIdentity(new ClusterId("unknown"), new GroupName("unknown"), new ServerId("unknown"));
        var header = SnapshotFileHeader.Read(file, FaultsOf(unknown, name));
        return unknown with { Cluster = header.Cluster, Group = header.Group };
    }

    private SnapshotFileFaults FaultsOf(LogIdentity owner, string name) => new(owner, disk!.Location, name);

    private static string? Leftover(string name) => name switch
    {
        _ when SnapshotFileNames.IsUnfinished(name) => "a snapshot that was not finished; a start removes it.",
        _ when SnapshotFileNames.SetAsideIn(name) is not null => "a damaged snapshot that a start has set aside.",
        _ when SnapshotFileNames.ReceivedIn(name) is not null => "a snapshot that is being received; the rest comes yet.",
        _ => null,
    };
}
