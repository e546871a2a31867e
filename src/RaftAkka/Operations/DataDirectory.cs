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
    /// <exception cref="DiskException">The directory, or a file in it, cannot be read.</exception>
    public static DataReport Inspect(string directory)
    {
        if (!ReadOnlyDisk.Exists(directory)) return new DataReport(directory, DataVerdict.NotData);

        try
        {
            using var log = ReadOnlyDisk.At(directory);
            var below = Path.Combine(log.Location, RaftNodeParts.SnapshotsDirectory);
            using var snapshots = ReadOnlyDisk.Exists(below) ? ReadOnlyDisk.At(below) : null;
            return Inspect(log, snapshots);
        }
        catch (DiskException e) when (e.Failure == DiskFailure.Locked)
        {
            return new DataReport(directory, DataVerdict.InUse) { Damages = [e.Message] };
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
        if (journal.IsEmpty)
            damages.Add($"There are snapshots, and no log in {log.Location}: term, vote and entries are gone. "
                + "Restore the log's files, or remove the server from the cluster and add it again under a new server id.");
        if (Missing(journal, store) is { } missing) damages.Add(missing);

        return new DataReport(log.Location, damages.Count == 0 ? DataVerdict.Sound : DataVerdict.Damaged)
        {
            Identity = journal.Identity,
            Segments = journal.Segments,
            HardState = journal.Contents.HardState,
            Base = journal.Contents.Base,
            Last = journal.Contents.Last,
            Members = MembersIn(journal, store),
            Disk = journal.Disk,
            Snapshots = store.Snapshots,
            Leftovers = [.. journal.Leftovers, .. store.Leftovers],
            Damages = damages,
        };
    }

    private static Configuration? MembersIn(JournalInspection journal, SnapshotInspection store)
    {
        var inLog = journal.Contents.Configurations;
        var bytes = inLog.Count > 0 ? inLog[^1].Bytes : store.NewestConfiguration;
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
