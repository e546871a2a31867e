using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>A running cluster becomes a file, and the file a cluster.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task Everything_acknowledged_before_a_backup_is_in_the_cluster_that_is_made_of_it()
    {
        using var folder = new TempFolder();
        using var old = await Cluster.StartAsync();
        await using var client = new TestClient(old.ClientFile);
        for (var number = 0; number < 100; number++)   // Several parts of a snapshot.
            await client.Keys.PutAsync($"key {number}", $"{number} {new string('x', 5_000)}");

        // Writes go on while the backup is made.
        var recorder = new Recorder(client.Keys);
        Ended backup = null!;
        await recorder.DuringAsync(async () =>
        {
            await recorder.MoreAcknowledgedAsync(20);
            await client.Keys.PutAsync("last before", "1");
            backup = await RunningTool.RunAsync("backup", folder["b"], "--config", old.ClientFile);
            await recorder.MoreAcknowledgedAsync(20);
        });
        Assert.Equal((0, ""), (backup.Status, backup.Out));
        Assert.Equal(["b"], Directory.EnumerateFileSystemEntries(folder["."]).Select(Path.GetFileName));
        Assert.Equal(1, (await RunningTool.RunAsync("backup", folder["b"], "--config", old.ClientFile)).Status);

        using var again = await Cluster.RestoredAsync(folder["b"], "demo-2");
        await using var other = new TestClient(again.ClientFile);
        Assert.Equal("1", (await other.Keys.GetAsync("last before"))?.ValueText);
        for (var number = 0; number < 100; number++)
        {
            var value = (await other.Keys.GetAsync($"key {number}"))?.ValueText;
            Assert.StartsWith($"{number} ", value, StringComparison.Ordinal);
        }

        await other.Keys.PutAsync("after", "2");

        // It is a cluster like any other: all have it after a restart of each.
        foreach (var id in again.Ids)
        {
            await again.KillAsync(id);
            await again.StartAsync(id);
        }

        Assert.Equal("2", (await other.Keys.GetAsync("after"))?.ValueText);
        Assert.Null(await client.Keys.GetAsync("after"));
        await again.StopAsync("n1");
        Assert.Equal(0, (await RunningTool.RunAsync("inspect", again.DataOf("n1"))).Status);
        Assert.Equal(3, (await RunningTool.RunAsync("inspect", again.DataOf("n2"))).Status);
    }

    [Fact]
    public async Task Without_a_majority_there_is_no_backup_and_no_file()
    {
        using var folder = new TempFolder();
        using var cluster = await Cluster.StartAsync();
        foreach (var id in (string[])["n1", "n2", "n3"]) await cluster.KillAsync(id);

        var ended = await RunningTool.RunAsync(
            "backup", folder["b"], "--server", "n4", "--config", cluster.ClientFile, "--timeout", "4s");

        Assert.NotEqual(0, ended.Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["."]));
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }
}
