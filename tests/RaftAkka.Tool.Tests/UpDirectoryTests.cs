using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using RaftAkka.Hosting;
using RaftAkka.Log;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Up;
using Xunit;

namespace RaftAkka.Tool.Tests;

public sealed class UpDirectoryTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("raftakka-up-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public async Task A_new_directory_gets_files_that_servers_and_clients_take()
    {
        using var directory = await Open(nodes: 5);

        Assert.Equal(["n1", "n2", "n3", "n4", "n5"], directory.Ids);
        foreach (var id in directory.Ids)
        {
            var settings = RaftConfigFile.Load(directory.ConfigFile(id)).NodeSettings();
            Assert.Equal(id, settings.Server.Value);
            Assert.Equal(5, settings.Members.Select(member => member.Address).Distinct().Count());
            Assert.Equal(Path.Combine(_path, id), settings.DataDirectory);
        }
        Assert.Equal(5, RaftConfigFile.Load(directory.ClientFile).ClientSettings().Seeds.Count);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Its_files_are_their_owners_alone_and_never_written_through_a_link()
    {
        using var elsewhere = File.CreateText(_path + ".victim");
        File.CreateSymbolicLink(Path.Combine(_path, "up.lock"), _path + ".victim");
        var refused = await Assert.ThrowsAsync<ToolException>(() => Open(nodes: 1));
        Assert.Contains("A symbolic link stands", refused.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_path, "up.lock"));
        File.CreateSymbolicLink(Path.Combine(_path, "n1.conf.new"), _path + ".victim");
        await Assert.ThrowsAsync<DiskException>(() => Open(nodes: 1));
        File.Delete(Path.Combine(_path, "n1.conf.new"));

        using var directory = await Open(nodes: 1);

        OwnFiles.Open(directory.LogFile("n1"), appends: true).Dispose();
        Assert.Equal(0, new FileInfo(_path + ".victim").Length);
        Assert.All(Directory.GetFiles(_path), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        File.Delete(_path + ".victim");
    }

    [Fact]
    public async Task Without_a_number_there_are_three()
    {
        using var directory = await Open();

        Assert.Equal(["n1", "n2", "n3"], directory.Ids);
    }

    [Fact]
    public async Task A_directory_that_was_used_keeps_its_servers_and_their_ports()
    {
        string before;
        using (var directory = await Open(nodes: 2)) before = Members(directory);

        using var again = await Open();

        Assert.Equal(before, Members(again));
        Assert.Equal(2, again.Ids.Count);
    }

    [Fact]
    public async Task Where_a_port_is_taken_the_files_get_others()
    {
        string before;
        using (var directory = await Open(nodes: 2)) before = Members(directory);
        var taken = RaftConfigFile.Load(Path.Combine(_path, "n1.conf")).NodeSettings().Members[0].Address;
        using var somebody = new TcpListener(IPEndPoint.Parse(taken));
        somebody.Start();

        using var again = await Open();

        Assert.NotEqual(before, Members(again));
        Assert.Equal(2, again.Ids.Count);
    }

    [Fact]
    public async Task A_server_that_is_added_joins_and_is_there_the_next_time()
    {
        string id;
        using (var directory = await Open(nodes: 2))
        {
            var added = directory.Add();
            id = added.Id;
            var settings = RaftConfigFile.Load(directory.ConfigFile(id)).NodeSettings();
            Assert.Equal(("n3", true), (id, settings.Joins));
            Assert.Contains(added.Address, settings.Members.Select(member => member.Address));
            Assert.False(RaftConfigFile.Load(directory.ConfigFile("n1")).NodeSettings().Joins);
        }

        using var again = await Open();

        Assert.Equal(["n1", "n2", "n3"], again.Ids);
        Assert.True(RaftConfigFile.Load(again.ConfigFile(id)).NodeSettings().Joins);
    }

    [Fact]
    public async Task A_server_that_has_left_is_gone_and_its_id_is_not_used_again_while_its_data_are_there()
    {
        using (var directory = await Open(nodes: 3))
        {
            Directory.CreateDirectory(Path.Combine(_path, "n1"));
            directory.Remove("n1");
            Assert.False(File.Exists(directory.ConfigFile("n1")));
        }

        using var again = await Open();

        Assert.Equal(["n2", "n3"], again.Ids);
        Assert.Equal("n4", again.Add().Id);
    }

    [Fact]
    public async Task Another_number_of_servers_is_refused()
    {
        (await Open(nodes: 3)).Dispose();

        var refused = await Assert.ThrowsAsync<ToolException>(() => Open(nodes: 5));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("holds a cluster of 3 servers, and --nodes asks for 5", refused.Message, StringComparison.Ordinal);
        (await Open()).Dispose();   // And left as it was.
    }

    [Fact]
    public async Task Two_runs_do_not_share_a_directory()
    {
        using var first = await Open();

        var refused = await Assert.ThrowsAsync<ToolException>(() => Open());

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("another 'raftakka up' runs in it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_cannot_be_a_directory_is_refused()
    {
        var file = Path.Combine(_path, "file");
        await File.WriteAllTextAsync(file, "");

        var refused = await Assert.ThrowsAsync<ToolException>(
            () => UpDirectory.OpenAsync(new UpArguments(null, file), TimeSpan.Zero, CancellationToken.None));

        Assert.Equal(2, refused.ExitCode);
    }

    private Task<UpDirectory> Open(int? nodes = null) =>
        UpDirectory.OpenAsync(new UpArguments(nodes, _path), TimeSpan.Zero, CancellationToken.None);

    private static string Members(UpDirectory directory) => string.Join(
        ",", RaftConfigFile.Load(directory.ConfigFile("n1")).NodeSettings().Members.Select(member => member.Address));
}
