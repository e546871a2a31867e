using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Operations;

/// <summary>Looks at the data of a server that does not run.</summary>
internal static class DataDirectory
{
    /// <summary>
    /// Reads all of a data directory as a start would, and says what it found. Changes nothing, and keeps nodes from
    /// opening the directory while it reads.
    /// </summary>
    public static DataReport Inspect(string directory)
    {
        try
        {
            using var log = ReadOnlyDisk.At(directory);
            using var snapshots = log.HasDirectory(RaftNodeParts.SnapshotsDirectory)
                ? ReadOnlyDisk.At(Path.Combine(log.Location, RaftNodeParts.SnapshotsDirectory))
                : null;
            return Inspect(log, snapshots);
        }
        catch (DiskException e) when (e.Failure == DiskFailure.NotFound)
        {
            return new DataReport(directory, DataVerdict.NotData);
        }
        catch (DiskException e) when (e.Failure == DiskFailure.Locked)
        {
            return new DataReport(directory, DataVerdict.InUse) { Damages = [e.Message] };
        }
        catch (DiskException e)
        {
            return new DataReport(directory, DataVerdict.Unreadable) { Damages = [$"{e.Message}. {e.Cure}"] };
        }
    }

    /// <summary>The same over open disks, which have to leave undone what changes something.</summary>
    public static DataReport Inspect(IDisk log, IDisk? snapshots)
    {
        var journal = new JournalInspection(log);
        journal.Run();
        var store = new SnapshotInspection(snapshots, journal.Identity);
        store.Run();
        if (journal.IsEmpty && store.IsEmpty) return new DataReport(log.Location, DataVerdict.NotData);

        List<string> damages = [.. journal.Damages, .. store.Damages];
        if (journal.IsEmpty) damages.Add(LogFaults.LogIsGone(log.Location));
        if (Missing(journal, store) is { } missing) damages.Add(missing);

        // A start goes on from the newest snapshot where the log does not hold its last entry, and drops the log then.
        var beyondLog = store.NewestSound is { } newest && newest != EntryId.Zero && !Holds(journal, newest)
            && newest.Index > journal.Contents.Base.Index
            ? newest
            : (EntryId?)null;
        return new DataReport(log.Location, damages.Count == 0 ? DataVerdict.Sound : DataVerdict.Damaged)
        {
            Identity = journal.Identity,
            Segments = journal.Segments,
            HardState = HardStateWith(journal.Contents.HardState, beyondLog),
            Base = journal.Contents.Base,
            LogLast = journal.Contents.Last,
            SnapshotBeyondLog = beyondLog,
            Members = MembersIn(journal, store, beyondLog),
            Disk = journal.Disk,
            Snapshots = store.Snapshots,
            Leftovers = [.. journal.Leftovers, .. store.Leftovers],
            Damages = damages,
        };
    }

    private static bool Holds(JournalInspection journal, EntryId id) => journal.Contents.TermAt(id.Index) == id.Term;

    // As the server does: the snapshot's term may have reached the disk before the log's.
    private static HardState HardStateWith(HardState state, EntryId? beyondLog) =>
        beyondLog is { } last && last.Term > state.Term ? new HardState(last.Term, Vote: null) : state;

    private static Configuration? MembersIn(JournalInspection journal, SnapshotInspection store, EntryId? beyondLog)
    {
        var inLog = journal.Contents.Configurations;
        var bytes = inLog.Count > 0 && beyondLog is null ? inLog[^1].Bytes : store.NewestConfiguration;
        return ConfigurationCodec.TryDecode(bytes.Span, out var members) ? members : null;
    }

    private static string? Missing(JournalInspection journal, SnapshotInspection store)
    {
        var (begin, newest) = (journal.Contents.Base, store.NewestSound);
        if (begin.Index <= newest.Index) return null;

        return $"The log begins behind entry {begin}, and "
            + (newest == EntryId.Zero ? "there is no sound snapshot" : $"the newest sound snapshot ends with {newest}")
            + ": what lies between is missing, and a node does not start. Restore the snapshots' files, or remove the "
            + "server from the cluster and add it again under a new server id.";
    }
}
