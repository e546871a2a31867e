using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Log;
using Xunit;

namespace RaftAkka.Tests.Snapshots;

/// <summary>A store of snapshots on a <see cref="MemoryDisk"/>.</summary>
internal sealed class SnapshotRig(MemoryDisk? disk = null)
{
    public static readonly LogIdentity Ann = LogRig.Ann;
    public static readonly LogIdentity Bea = Ann with { Server = new ServerId("bea") };

    public MemoryDisk Disk { get; private set; } = disk ?? new MemoryDisk();

    public SnapshotStore Store { get; private set; } = new(() => throw new InvalidOperationException("not open"));

    /// <summary>What was found when the store was opened.</summary>
    public StoredSnapshot? Found { get; private set; }

    /// <summary>A store that is open, on an empty disk.</summary>
    public static SnapshotRig Opened(LogIdentity? identity = null)
    {
        var rig = new SnapshotRig();
        rig.Open(identity);
        return rig;
    }

    public StoredSnapshot? Open(LogIdentity? identity = null)
    {
        Store = new SnapshotStore(() => Disk);
        return Found = Store.Open(identity ?? Ann);
    }

    /// <summary>The process was killed and starts again.</summary>
    public StoredSnapshot? Restart(LogIdentity? identity = null)
    {
        Disk = Disk.AfterKill();
        return Open(identity);
    }

    /// <summary>The same after a sync failed: what was not durable is in the page cache alone, and reads well.</summary>
    public StoredSnapshot? RestartAfterFailedSync()
    {
        Disk = Disk.AfterFailedSync();
        return Open();
    }

    public StoredSnapshot? LosePower(Random random)
    {
        Disk = Disk.AfterPowerLoss(random);
        return Open();
    }

    public StoredSnapshot Write(long index, byte[]? sessions = null, byte[]? machine = null, byte[]? configuration = null)
    {
        using var file = Store.Begin(Head(index, configuration));
        file.Begin(SnapshotSection.Sessions).Write(sessions ?? SessionsOf(index));
        file.Begin(SnapshotSection.Machine).Write(machine ?? MachineOf(index));
        return file.Commit();
    }

    /// <summary>The bytes of a snapshot's file.</summary>
    public byte[] Bytes(StoredSnapshot snapshot) => Disk.Bytes(SnapshotFileNames.Of(snapshot.Last));

    public (byte[] Sessions, byte[] Machine) Contents(StoredSnapshot snapshot)
    {
        using var file = Store.Read(snapshot);
        var contents = (All(file.Open(SnapshotSection.Sessions)), All(file.Open(SnapshotSection.Machine)));
        file.Finish();
        return contents;
    }

    /// <summary>A snapshot that was written by <see cref="Write"/> without more is there, whole.</summary>
    public void ShouldHold(StoredSnapshot snapshot)
    {
        var (sessions, machine) = Contents(snapshot);
        Assert.Equal(SessionsOf(snapshot.Last.Index.Value), sessions);
        Assert.Equal(MachineOf(snapshot.Last.Index.Value), machine);
    }

    /// <summary>A configuration of three servers, as a snapshot holds it.</summary>
    public static byte[] Members(string names = "ann bea cid", string retired = "") => ConfigurationCodec.Encode(Configuration.Of(
        names.Split(' ').Select(name => new Member(new ServerId(name), $"{name}:4053")),
        retired.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => new ServerId(name))));

    public static SnapshotHead Head(long index, byte[]? configuration = null) =>
        new(Last(index), configuration ?? Array.Empty<byte>());

    public static EntryId Last(long index) => new(new Term(1 + index / 100), new LogIndex(index));

    public static string NameOf(long index) => SnapshotFileNames.Of(Last(index));

    public static byte[] SessionsOf(long index) => Pattern((int)index % 50, (int)index);

    public static byte[] MachineOf(long index) => Pattern(100 + (int)index % 1_000, (int)index + 1);

    public static byte[] Pattern(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] All(Stream stream)
    {
        var all = new MemoryStream();
        stream.CopyTo(all, 1_000);
        return all.ToArray();
    }
}
