using System.Text.Json;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using Xunit;

namespace RaftAkka.Tool.Tests;

/// <summary><c>inspect</c> and <c>restore</c>, over files that are real.</summary>
public sealed class DataVerbTests : IDisposable
{
    private static readonly LogIdentity Old = new(new ClusterId("demo"), new GroupName("raft"), new ServerId("n1"));

    private readonly string _folder = Directory.CreateTempSubdirectory("raftakka-").FullName;
    private readonly Calling _call = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_backup_is_restored_and_the_directory_found_sound_and_then_damaged()
    {
        var (backup, data) = (Backup(), Path.Combine(_folder, "n1"));

        var restored = _call.With("restore", backup, "--data", data, "--cluster", "demo-2", "--id", "n1");
        Assert.Equal((0, ""), (restored.Status, restored.Out));
        Assert.Equal(
            $"ok, {data} is the data of server n1 of cluster demo-2, with everything up to index 41\n", restored.Error);

        var sound = _call.With("inspect", data);
        Assert.Equal((0, ""), (sound.Status, sound.Error));
        Assert.StartsWith($"SOUND  {data}\nserver n1, group raft, cluster demo-2\n", sound.Out,
            StringComparison.Ordinal);
        Assert.Contains("\nmembers as the server's file says: the log names none\nterm 3, vote none\n", sound.Out,
            StringComparison.Ordinal);
        Assert.Contains("log empty, begins behind entry 41 of term 3\n", sound.Out, StringComparison.Ordinal);

        Flip(Directory.GetFiles(Path.Combine(data, "snapshots")).Single());
        var damaged = _call.With("inspect", data);
        Assert.Equal(1, damaged.Status);
        Assert.StartsWith("DAMAGED", damaged.Out, StringComparison.Ordinal);
        Assert.Contains("DAMAGE: raft n1: snapshot", damaged.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_all_of_it()
    {
        var data = Path.Combine(_folder, "n1");
        _call.With("restore", Backup(), "--data", data, "--cluster", "demo-2", "--id", "n1");

        var report = JsonDocument.Parse(_call.With("inspect", "--json", data).Out).RootElement;

        Assert.Equal("sound", report.GetProperty("verdict").GetString());
        Assert.Equal("demo-2", report.GetProperty("cluster").GetString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("vote").ValueKind);
        Assert.Equal(41, report.GetProperty("base").GetProperty("index").GetInt64());
        Assert.Equal("00000001.seg", report.GetProperty("segments")[0].GetProperty("name").GetString());
        Assert.True(report.GetProperty("snapshots")[0].GetProperty("sound").GetBoolean());
        Assert.Equal(0, report.GetProperty("damages").GetArrayLength());
    }

    [Fact]
    public void What_is_no_data_directory_or_in_use_is_neither_sound_nor_damaged()
    {
        var called = _call.With("inspect", _folder);
        Assert.Equal((2, ""), (called.Status, called.Out));

        var data = Path.Combine(_folder, "n1");
        _call.With("restore", Backup(), "--data", data, "--cluster", "demo-2", "--id", "n1");
        using var node = FileDisk.At(data);
        called = _call.With("inspect", data);
        Assert.Equal((3, ""), (called.Status, called.Out));
        Assert.Contains("in use by a running node", called.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restore_that_makes_no_sense_changes_nothing()
    {
        var (backup, data) = (Backup(), Path.Combine(_folder, "n1"));

        Assert.Equal(2, _call.With("restore", backup, "--data", data, "--cluster", "demo", "--id", "n1").Status);
        Assert.Equal(2, _call.With("restore", backup, "--data", _folder, "--cluster", "other", "--id", "n1").Status);
        Assert.Equal(1, _call.With("restore", backup + "x", "--data", data, "--cluster", "other", "--id", "n1").Status);
        Flip(backup);
        var damaged = _call.With("restore", backup, "--data", data, "--cluster", "other", "--id", "n1");

        Assert.Equal(1, damaged.Status);
        Assert.Contains("friday.backup in ", damaged.Error, StringComparison.Ordinal);
        Assert.Contains("is damaged at byte", damaged.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    private string Backup()
    {
        var place = Path.Combine(_folder, "server");
        using (var store = new SnapshotStore(() => FileDisk.At(place)))
        {
            store.Open(Old);
            using var writer = store.Begin(new SnapshotHead(
                new EntryId(new Term(3), new LogIndex(41)), ReadOnlyMemory<byte>.Empty));
            writer.Begin(SnapshotSection.Sessions).Write([1, 2, 3]);
            writer.Begin(SnapshotSection.Machine).Write(new byte[100_000]);
            writer.Commit();
        }

        var backup = Path.Combine(_folder, "friday.backup");
        File.Move(Directory.GetFiles(place).Single(), backup);
        return backup;
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[500] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
