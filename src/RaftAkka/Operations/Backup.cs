using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Operations;

/// <summary>
/// A backup's file that was read once from its first byte to its last, and is sound: a snapshot as a server writes it.
/// </summary>
internal sealed class Backup
{
    private readonly IDisk _place;
    private readonly string _name;
    private readonly LogIdentity _source;
    private readonly SnapshotFileFaults _faults;

    private Backup(IDisk place, string name, LogIdentity source, StoredSnapshot snapshot)
    {
        (_place, _name, _source, Snapshot) = (place, name, source, snapshot);
        _faults = new SnapshotFileFaults(source, place.Location, name);
    }

    /// <summary>What it is.</summary>
    public StoredSnapshot Snapshot { get; }

    /// <summary>The cluster that it was taken of.</summary>
    public ClusterId Cluster => _source.Cluster;

    /// <summary>The Raft group.</summary>
    public GroupName Group => _source.Group;

    /// <summary>Opens a backup, and verifies all of it.</summary>
    /// <exception cref="DamagedSnapshotException">It is damaged, or no backup.</exception>
    /// <exception cref="UnusableLogException">It is of a format that this program does not know.</exception>
    public static Backup Open(IDisk place, string name)
    {
        var reader = new LogIdentity(new ClusterId("any"), new GroupName("any"), new ServerId("backup"));
        using var file = place.Open(name);
        var header = SnapshotFileHeader.Read(file, new SnapshotFileFaults(reader, place.Location, name));
        var source = reader with { Cluster = header.Cluster, Group = header.Group };
        var snapshot = SnapshotFileReceipt.Verify(file, source, new SnapshotFileFaults(source, place.Location, name));
        return new Backup(place, name, source, snapshot);
    }

    /// <summary>Opens it to read its sections, which verifies them once more.</summary>
    public SnapshotFileReader Read() => new(_place.Open(_name), _source, Snapshot, _faults);
}
