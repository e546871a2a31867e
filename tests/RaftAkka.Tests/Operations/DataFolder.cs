using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using RaftAkka.Tests.Snapshots;

namespace RaftAkka.Tests.Operations;

/// <summary>A server's data directory on a real disk: entries 1 to 60, snapshots of 20 and 40, a log behind 20.</summary>
internal sealed class DataFolder : IDisposable
{
    public const int SegmentBytes = 4096;

    private readonly TemporaryFolder _folder = new();

    public DataFolder()
    {
        WriteLog();
        WriteSnapshots();
    }

    public string Path => System.IO.Path.Combine(_folder.Path, "n1");

    public string Snapshots => System.IO.Path.Combine(Path, RaftNodeParts.SnapshotsDirectory);

    public DataReport Inspect() => DataDirectory.Inspect(Path);

    /// <summary>Every file below the directory with its bytes and times, and the directories' times.</summary>
    public IReadOnlyDictionary<string, string> Everything() => Directory
        .EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Append(Path)
        .ToDictionary(
            path => path,
            path => $"{File.GetLastWriteTimeUtc(path).Ticks} "
                + (File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : ""));

    public string[] Segments() => [.. Directory.EnumerateFiles(Path, "*.seg").Order(StringComparer.Ordinal)];

    public static void Flip(string file, long at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    public void Dispose() => _folder.Dispose();

    private void WriteLog()
    {
        using var disk = FileDisk.At(Path);
        using var journal = Journal.Open(disk, LogRig.Ann, new LogSettings { SegmentBytes = SegmentBytes });
        journal.Append(LogRig.State(3, "bea"));
        for (var index = 1; index <= 60; index++)
        {
            journal.Append(LogRig.Entry(index, term: index <= 30 ? 1 : 3, payloadBytes: 200));
            journal.Sync();
        }

        journal.Compact(new EntryId(new Term(1), new LogIndex(20)));
        journal.Sync();
        while (journal.HasUnneeded) journal.DeleteOldest(isSpaceNeeded: false);
        journal.Finish();
    }

    private void WriteSnapshots()
    {
        using var store = new SnapshotStore(() => FileDisk.At(Snapshots));
        store.Open(LogRig.Ann);
        foreach (var (index, term) in ((int, int)[])[(20, 1), (40, 3)])
        {
            using var file = store.Begin(
                new SnapshotHead(new EntryId(new Term(term), new LogIndex(index)), ReadOnlyMemory<byte>.Empty));
            file.Begin(SnapshotSection.Sessions).Write(SnapshotRig.SessionsOf(index));
            file.Begin(SnapshotSection.Machine).Write(SnapshotRig.Pattern(70_000, index));
            file.Commit();
        }
    }
}
