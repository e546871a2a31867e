using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Hosting.Tests;

/// <summary>Three servers in applications of their own, whose state machine throws where a query is no number.</summary>
public sealed class ThrowingQueryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("raftakka-throwing-").FullName;
    private readonly string[] _addresses = FreeAddresses();

    private readonly List<IHost> _hosts = [];

    public void Dispose()
    {
        foreach (var host in _hosts) host.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_query_that_throws_fails_for_its_caller_and_all_three_servers_go_on()
    {
        _hosts.AddRange(Enumerable.Range(0, 3).Select(Host));
        foreach (var host in _hosts) await host.StartAsync();
        var client = _hosts[0].Services.GetRequiredService<RaftClient>();
        Assert.Equal("1", Text(await client.ExecuteAsync("one"u8.ToArray())));

        // Stale ones go from server to server.
        foreach (var consistency in (ReadConsistency[])[ReadConsistency.Linearizable, .. Enumerable.Repeat(ReadConsistency.Stale, 6)])
        {
            var good = client.QueryAsync("41"u8.ToArray(), consistency);
            var failure = await Assert.ThrowsAsync<QueryFailedException>(
                () => client.QueryAsync("not a number"u8.ToArray(), consistency));
            Assert.True(failure.IsFinal);
            Assert.Contains("FormatException: The input string 'not a number'", failure.Message, StringComparison.Ordinal);
            Assert.Equal("42", Text(await good));
        }

        var status = await client.StatusAsync();
        Assert.All(status.Servers, server => Assert.True(server.IsReachable));
        Assert.Equal("2", Text(await client.ExecuteAsync("two"u8.ToArray())));
        foreach (var host in _hosts) await host.StopAsync();
    }

    private IHost Host(int number)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddAkka("app", akka =>
        {
            akka.WithRaft(options =>
            {
                options.Cluster = "throwing";
                options.Server = $"n{number + 1}";
                for (var n = 0; n < 3; n++) options.Members[$"n{n + 1}"] = _addresses[n];
                options.DataDirectory = Path.Combine(_directory, $"n{number + 1}");
                options.StateMachine = () => new Counter();
            });
            akka.WithRaftClient(options =>
            {
                options.Cluster = "throwing";
                foreach (var address in _addresses) options.Seeds.Add(address);
                options.Tune = settings => settings with { ReadFrom = ReadFrom.Any };
            });
        }).AddRaftClient();
        return builder.Build();
    }

    private static string[] FreeAddresses()
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        string[] addresses = [.. listeners.Select(listener => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")];
        foreach (var listener in listeners) listener.Dispose();
        return addresses;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private sealed class Counter : IStateMachine
    {
        private int _commands;

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => Encoding.UTF8.GetBytes($"{++_commands}");

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) =>
            Encoding.UTF8.GetBytes($"{int.Parse(Encoding.UTF8.GetString(query.Span), CultureInfo.InvariantCulture) + 1}");

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
