using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// The snapshots of one server on its disk. <see cref="Open"/> comes first, and once; after it several actors may use
/// the store at the same time, each for files of its own: one writes, one receives, any number read. A disk that
/// refuses throws <see cref="DiskException"/> from every method.
/// </summary>
/// <param name="openDisk">Opens the directory that this store alone uses.</param>
internal sealed class SnapshotStore(Func<IDisk> openDisk) : IDisposable
{
    /// <summary>No snapshot is larger: 128 TiB, so that a name has room for the number.</summary>
    public const long BytesMax = 1L << 47;

    private readonly List<string> _findings = [];
    private readonly HashSet<EntryId> _unreadable = [];
    private OpenedStore? _opened;

    /// <summary>Whose snapshots these are.</summary>
    public ServerId Server => Identity.Server;

    /// <summary>What <see cref="Open"/> met that a person should know of: damaged snapshots.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>
    /// Opens the directory after whatever happened to the process before: removes what was not finished, and looks for
    /// the newest snapshot that is sound from its first byte to its last. A damaged one is given a name that says so,
    /// and the next older one is tried. What was received of a newer one stays, for the rest to come.
    /// </summary>
    /// <returns>The newest sound snapshot; null where there is none.</returns>
    /// <exception cref="UnusableLogException">The newest is another cluster's or group's, or of an unknown format.</exception>
    public StoredSnapshot? Open(LogIdentity identity)
    {
        Invariant.Holds(_opened is null, "a store of snapshots is opened once");
        _opened = new OpenedStore(openDisk(), identity);

        var names = Disk.List();
        foreach (var name in names.Where(SnapshotFileNames.IsUnfinished)) Disk.Delete(name);
        var newest = FindNewest(names);
        DeleteReceived(names, through: newest?.Last.Index ?? LogIndex.Zero);

        // The process before may have ended between the rename and the sync of the directory: the name is there, and
        // would be lost with the power, when the log begins behind it.
        Disk.SyncDirectory();
        return newest;
    }

    /// <summary>Begins to write a snapshot. One at a time.</summary>
    public SnapshotFileWriter Begin(SnapshotHead head) => new(
        Disk, Identity, head, SnapshotFileNames.Of(head.Last), SnapshotFileNames.UnfinishedOf(head.Last));

    /// <summary>
    /// Begins to receive a snapshot that another server announced, or goes on with it: what is there of the same
    /// snapshot, and sound, need not come again. One at a time; what was received of any other is deleted, so its
    /// receipt has to be disposed before.
    /// </summary>
    /// <exception cref="ArgumentException">No snapshot can be what was announced.</exception>
    public SnapshotFileReceipt BeginReceive(StoredSnapshot announced)
    {
        if (announced.Bytes is < SnapshotFileHeader.FixedBytes or > BytesMax
            || announced.Last.Index < new LogIndex(1) || announced.Last.Term < new Term(1))
            throw new ArgumentException($"there cannot be a {announced}", nameof(announced));

        var name = SnapshotFileNames.ReceivedOf(announced);
        var names = Disk.List();
        foreach (var other in names.Where(other => SnapshotFileNames.ReceivedIn(other) is not null && other != name))
            Disk.Delete(other);
        return new SnapshotFileReceipt(
            Disk, Identity, announced, name, isThere: names.Contains(name), FaultsOf(name));
    }

    /// <summary>Opens a finished snapshot, to restore or to send it.</summary>
    public SnapshotFileReader Read(StoredSnapshot snapshot)
    {
        var name = SnapshotFileNames.Of(snapshot.Last);
        return new SnapshotFileReader(Disk.Open(name), Identity, snapshot, FaultsOf(name));
    }

    /// <summary>Reads a finished snapshot to its end. A damaged one is set aside, and is not there any more then.</summary>
    /// <exception cref="DamagedSnapshotException">Its bytes are not those that were written.</exception>
    public void Verify(StoredSnapshot snapshot)
    {
        var name = SnapshotFileNames.Of(snapshot.Last);
        try
        {
            var found = Verify(name, snapshot.Last);
            if (found.Checksum != snapshot.Checksum) throw FaultsOf(name).Damaged(0, $"it is the {found}, not the {snapshot}");
        }
        catch (DamagedSnapshotException)
        {
            SetAside(snapshot.Last);
            throw;
        }
    }

    /// <summary>
    /// Deletes all finished snapshots but the newest, together with what was set aside or received before the oldest
    /// that stays.
    /// </summary>
    /// <param name="keep">How many of the newest stay, 1 or more.</param>
    /// <param name="inUse">Those that stay whatever their age.</param>
    /// <returns>How many finished snapshots were deleted.</returns>
    public int Prune(int keep, IReadOnlyCollection<EntryId> inUse)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);

        var names = Disk.List();
        var finished = Finished(names).Where(last => !_unreadable.Contains(last)).ToList();
        if (finished.Count == 0) return 0;

        var old = finished.Skip(keep).Where(last => !inUse.Contains(last)).ToList();
        foreach (var last in old) Disk.DeleteWithoutHurry(SnapshotFileNames.Of(last));

        var oldest = finished[Math.Min(keep, finished.Count) - 1];
        foreach (var name in names)
            if (SnapshotFileNames.SetAsideIn(name) is { } last && last.Index < oldest.Index) Disk.Delete(name);
        foreach (var last in _unreadable.Where(last => last.Index < oldest.Index)) Disk.Delete(SnapshotFileNames.Of(last));
        DeleteReceived(names, through: oldest.Index.Previous);
        Disk.SyncDirectory();   // Only then the space of what was deleted is given back.
        return old.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _opened?.Disk.Dispose();

    private IDisk Disk => Opened.Disk;

    private LogIdentity Identity => Opened.Identity;

    private OpenedStore Opened => _opened ?? throw new InvalidOperationException("the store of snapshots is not open");

    private StoredSnapshot? FindNewest(IReadOnlyList<string> names)
    {
        DiskException? unreadable = null;
        foreach (var last in Finished(names))
        {
            try
            {
                return Verify(SnapshotFileNames.Of(last), last);
            }
            catch (DamagedSnapshotException e)
            {
                SetAside(last);
                _findings.Add(
                    $"{e.Message}\nIt is not loaded, and kept as {SnapshotFileNames.SetAsideOf(last)}. The node goes on "
                    + "with the one before it, where that and the log suffice. Check the disk.");
            }
            catch (DiskException e) when (e.Failure == DiskFailure.Broken)
            {
                // It may be read the next time, so it keeps its name.
                unreadable = e;
                _unreadable.Add(last);
                _findings.Add(
                    $"raft {Server}: {e.Message}.\nIt is not loaded, and left as it is. The node goes on with the snapshot "
                    + $"before it, where that and the log suffice. {e.Cure}");
            }
        }

        // With none that can be read the disk may be what is broken, and not the snapshots.
        return unreadable is null ? null : throw unreadable;
    }

    private void SetAside(EntryId last)
    {
        Disk.Rename(SnapshotFileNames.Of(last), SnapshotFileNames.SetAsideOf(last));
        Disk.SyncDirectory();
    }

    private StoredSnapshot Verify(string name, EntryId last)
    {
        using var file = Disk.Open(name);
        var verified = SnapshotFileReceipt.Verify(file, Identity, FaultsOf(name));
        return verified.Last == last
            ? verified
            : throw FaultsOf(name).Damaged(16, $"it is the snapshot of {verified.Last}");
    }

    // The newest first. Of two with one index the later term's: only one of the two can be committed, though.
    private static List<EntryId> Finished(IReadOnlyList<string> names) =>
        [.. names.Select(SnapshotFileNames.FinishedIn).OfType<EntryId>()
            .OrderByDescending(last => last.Index).ThenByDescending(last => last.Term)];

    private void DeleteReceived(IReadOnlyList<string> names, LogIndex through)
    {
        foreach (var name in names)
            if (SnapshotFileNames.ReceivedIn(name) is { } last && last.Index <= through) Disk.Delete(name);
    }

    private SnapshotFileFaults FaultsOf(string name) => new(Identity, Disk.Location, name);

    private sealed record OpenedStore(IDisk Disk, LogIdentity Identity);
}
