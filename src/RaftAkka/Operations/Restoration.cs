using System.Globalization;
using System.Text;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Operations;

/// <summary>
/// Makes the data of a new server from a backup, which is a snapshot's file. The steps: verify all of the backup; put a
/// marker into the directory, with which no node starts; write the snapshot under the new cluster's name, and a log
/// that begins behind it; take the marker away. A crash before the last step leaves what no node uses and the next
/// restore removes; one after it leaves the whole.
/// </summary>
/// <remarks>
/// The session table comes along, so that a client that tries again gets the first result. The old members do not:
/// the new servers' configuration says who they are. In the last entry's term of the old cluster no vote of the new
/// one was ever given, so the new servers begin with it.
/// </remarks>
internal static class Restoration
{
    /// <summary>Its name is that of no log: also program versions that do not know it refuse to start.</summary>
    public const string Marker = "restore-unfinished";

    private const int MarkBytesMax = 4096;
    private const int CopyBytes = 64 * 1024;

    /// <summary>Restores a backup into a directory, which is made if it is missing.</summary>
    /// <returns>The snapshot that the new server starts from.</returns>
    /// <exception cref="OperationRefusedException">
    /// The directory is in use for something; or the name is the old one.
    /// </exception>
    /// <exception cref="DamagedSnapshotException">The file is damaged, or no backup.</exception>
    /// <exception cref="UnusableLogException">It is of a format that this program does not know.</exception>
    /// <exception cref="DiskException">A disk refused.</exception>
    public static StoredSnapshot Run(string file, string directory, ClusterId cluster, ServerId server)
    {
        var full = Path.GetFullPath(file);
        using var place = ReadOnlyDisk.Unlocked(Path.GetDirectoryName(full)!);
        var backup = Backup.Open(place, Path.GetFileName(full));
        RefuseSameName(backup, cluster);

        var names = ReadOnlyDisk.NamesIn(directory);
        if (!names.Contains(Marker) && names.Any(name => name != "lost+found"))
            throw new OperationRefusedException(
                $"The directory {Path.GetFullPath(directory)} is not empty: it holds {names[0]}. A restore makes a new "
                + "server's data and replaces nothing. Give it a directory of its own; nothing was changed.");

        using var data = FileDisk.At(directory);
        return Run(backup, data, () => FileDisk.Below(directory, RaftNodeParts.SnapshotsDirectory), cluster, server, new LogSettings());
    }

    /// <summary>The same over open disks, the first of which holds nothing, or an unfinished restore.</summary>
    public static StoredSnapshot Run(
        Backup backup, IDisk data, Func<IDisk> openSnapshots, ClusterId cluster, ServerId server, LogSettings settings)
    {
        RefuseSameName(backup, cluster);
        var identity = new LogIdentity(cluster, backup.Group, server);
        Mark(data, openSnapshots, string.Create(CultureInfo.InvariantCulture,
            $"A restore was begun and not ended. Run it again.\n{backup.Snapshot.Checksum:x8} into {cluster} as {server}\n"));
        using var snapshots = openSnapshots();
        CleanUp(data, snapshots);

        var restored = WriteSnapshot(backup, snapshots, identity);
        WriteLog(data, identity, restored.Last, settings);
        data.Delete(Marker);
        data.SyncDirectory();
        return restored;
    }

    private static void RefuseSameName(Backup backup, ClusterId cluster)
    {
        if (backup.Cluster == cluster)
            throw new OperationRefusedException(
                $"The backup is of cluster '{cluster}', and the new cluster needs another name: an old server that came "
                + "back under the same one would bring another history of the same entries. Choose a new name, for the "
                + "servers and their clients; nothing was changed.");
    }

    // What a marker of the same restore stands beside is of an earlier attempt, and is deleted. Any other file of this name
    // says nothing of the kind, and the files beside it may be a server's data.
    private static void Mark(IDisk data, Func<IDisk> openSnapshots, string text)
    {
        if (data.List().Contains(Marker))
        {
            var found = MarkIn(data);
            if (found == text) return;

            // A crash may have come before the first marker was whole: then nothing else was made yet.
            var isAlone = text.StartsWith(found, StringComparison.Ordinal) && data.List().Count == 1 && IsEmpty(openSnapshots);
            if (!isAlone) throw OtherMarker(data, found);
        }

        using (var marker = data.Create(Marker))
        {
            marker.Write(0, Encoding.ASCII.GetBytes(text));
            marker.Sync();
        }

        data.SyncDirectory();
    }

    private static string MarkIn(IDisk data)
    {
        using var marker = data.Open(Marker);
        var bytes = new byte[(int)Math.Min(marker.Length, MarkBytesMax)];
        return Encoding.ASCII.GetString(bytes, 0, marker.Read(0, bytes)).TrimEnd('\0');
    }

    private static bool IsEmpty(Func<IDisk> openSnapshots)
    {
        using var snapshots = openSnapshots();
        return snapshots.List().Count == 0;
    }

    private static OperationRefusedException OtherMarker(IDisk data, string found) => new(
        $"{data.Location} holds a file '{Marker}' that this restore did not make"
        + (found.Length == 0 ? "" : $" ({found.Trim().ReplaceLineEndings(" ")})")
        + ", and other files. A restore deletes what an interrupted one of the same backup, cluster and id left, and nothing "
        + "else: this may be a server's data. Repeat the interrupted restore with the same arguments, or give this one a "
        + "directory of its own; nothing was changed.");

    // Of an earlier attempt; in an empty directory there is nothing.
    private static void CleanUp(IDisk data, IDisk snapshots)
    {
        foreach (var name in data.List())
            if (SegmentHeader.TryParseName(name, out _) || SegmentHeader.IsUnfinished(name)) data.Delete(name);
        foreach (var name in snapshots.List())
            if (SnapshotFileNames.FinishedIn(name) is not null || SnapshotFileNames.IsUnfinished(name))
                snapshots.Delete(name);
        data.SyncDirectory();
        snapshots.SyncDirectory();
    }

    private static StoredSnapshot WriteSnapshot(Backup backup, IDisk snapshots, LogIdentity identity)
    {
        using var reader = backup.Read();
        var head = new SnapshotHead(backup.Snapshot.Last, ReadOnlyMemory<byte>.Empty);
        using var writer = new SnapshotFileWriter(
            snapshots, identity, head, SnapshotFileNames.Of(head.Last), SnapshotFileNames.UnfinishedOf(head.Last));
        foreach (var section in (SnapshotSection[])[SnapshotSection.Sessions, SnapshotSection.Machine])
        {
            using var from = reader.Open(section);
            using var to = writer.Begin(section);
            from.CopyTo(to, CopyBytes);
        }

        reader.Finish();   // It was verified before; but then it was not yet what is copied.
        return writer.Commit();
    }

    private static void WriteLog(IDisk data, LogIdentity identity, EntryId last, LogSettings settings)
    {
        using var journal = Journal.Open(
            new WithoutMarker(data), identity, settings, RaftNodeParts.NewDisk());
        journal.Append(new HardState(last.Term, Vote: null));
        journal.Compact(last);
        journal.Sync();
        journal.Finish();
    }

    /// <summary>The directory as the log is to see it.</summary>
    private sealed class WithoutMarker(IDisk disk) : IDisk
    {
        public string Location => disk.Location;

        public IReadOnlyList<string> List() => [.. disk.List().Where(name => name != Marker)];

        public IDiskFile Open(string name) => disk.Open(name);

        public IDiskFile Create(string name) => disk.Create(name);

        public void Rename(string from, string to) => disk.Rename(from, to);

        public void Delete(string name) => disk.Delete(name);

        public void SyncDirectory() => disk.SyncDirectory();

        public void Dispose()
        {
        }
    }
}
