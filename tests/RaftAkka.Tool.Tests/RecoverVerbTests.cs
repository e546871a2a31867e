using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tool.Tests;

/// <summary><c>recover</c>, over files that are real.</summary>
public sealed class RecoverVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("raftakka-recover-").FullName;
    private readonly Calling _call = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_says_what_may_be_lost_and_does_nothing_without_a_yes()
    {
        var data = Data();

        var called = _call.With("recover", "--data", data);

        Assert.Equal((2, ""), (called.Status, called.Out));
        Assert.Contains("its last entry is 1@3", called.Error, StringComparison.Ordinal);
        Assert.Contains("n2, n3 will have left for good", called.Error, StringComparison.Ordinal);
        Assert.Contains("is LOST", called.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", called.Error, StringComparison.Ordinal);
        Assert.Equal(3, DataDirectory.Inspect(data).Members?.Members.Length);
    }

    [Fact]
    public void With_a_yes_the_survivor_is_alone()
    {
        var data = Data();

        var called = _call.With("recover", "--data", data, "--yes", "--address", "10.0.0.9:4051");

        Assert.Equal((0, ""), (called.Status, called.Out));
        Assert.Contains("ok, n1 is a cluster of its own now", called.Error, StringComparison.Ordinal);
        var members = DataDirectory.Inspect(data).Members!;
        Assert.Equal("10.0.0.9:4051", Assert.Single(members.Members).Address);
        Assert.Equal(["n2", "n3"], members.Retired.Select(server => server.Value));
    }

    [Fact]
    public void What_is_no_data_directory_is_wrong_usage()
    {
        var called = _call.With("recover", "--data", _folder, "--yes");

        Assert.Equal(2, called.Status);
        Assert.Contains("is no data directory of a raft server. Nothing was changed.", called.Error, StringComparison.Ordinal);
    }

    private string Data()
    {
        var path = Path.Combine(_folder, "n1");
        using var disk = FileDisk.At(path);
        using var journal = Journal.Open(
            disk, new LogIdentity(new ClusterId("demo"), new GroupName("raft"), new ServerId("n1")),
            new LogSettings { SegmentBytes = 64 * 1024 }, new DiskId(7));
        var members = Configuration.Of(
            new[] { "n1", "n2", "n3" }.Select(id => new Member(new ServerId(id), $"{id}:4051")));
        journal.Append(new HardState(new Term(3), null));
        journal.Append(LogEntry.Create(
            new EntryId(new Term(3), new LogIndex(1)), EntryKind.Configuration, ConfigurationCodec.Encode(members)));
        journal.Sync();
        journal.Finish();
        return path;
    }
}
