using System.Net;
using System.Net.Sockets;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RaftAkka.Client;
using RaftAkka.KeyValue;
using RaftAkka.Settings;
using Xunit;

namespace RaftAkka.Hosting.Tests;

public sealed class HostedServerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("raftakka-hosting-").FullName;
    private readonly string _address = $"127.0.0.1:{FreePort()}";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task An_application_hosts_a_server_and_talks_to_it_through_injected_clients()
    {
        using var host = Host(services => services
            .AddAkka("app", akka => akka.WithRaft(Server).WithRaftClient(options =>
            {
                options.Cluster = "hosted";
                options.Seeds.Add(_address);
            }))
            .AddRaftClient()
            .AddSingleton<KeyValueClient>());
        await host.StartAsync();

        var client = host.Services.GetRequiredService<KeyValueClient>();
        await client.PutAsync("greeting", "hello");
        var entry = await client.GetAsync("greeting");

        Assert.Equal("hello", Text(entry));
        await host.StopAsync();
    }

    [Fact]
    public async Task A_server_finds_its_data_again_after_its_host_was_stopped()
    {
        for (var life = 1; life <= 2; life++)
        {
            using var host = ServerAndClient();
            await host.StartAsync();
            var client = host.Services.GetRequiredService<KeyValueClient>();
            if (life == 1) await client.PutAsync("kept", "over a restart");
            else Assert.Equal("over a restart", Text(await client.GetAsync("kept")));
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task A_client_in_another_actor_system_reaches_the_server()
    {
        using var server = Host(services => services.AddAkka("app", akka => akka.WithRaft(Server)));
        await server.StartAsync();
        using var application = Host(services => services
            .AddAkka("elsewhere", akka => akka.WithRaftClient(options =>
            {
                options.Cluster = "hosted";
                options.Seeds.Add(_address);
                options.ServerSystem = "app";
                options.ListenOn = "127.0.0.1";
            }))
            .AddRaftClient());
        await application.StartAsync();

        var status = await application.Services.GetRequiredService<RaftClient>().StatusAsync();

        var leader = Assert.Single(status.Servers);
        Assert.True(leader.IsReachable);
        await application.StopAsync();
        await server.StopAsync();
    }

    [Fact]
    public async Task The_servers_actor_is_in_the_registry()
    {
        using var host = Host(services => services.AddAkka("app", akka => akka.WithRaft(Server)));
        await host.StartAsync();

        var node = await host.Services.GetRequiredService<IRequiredActor<RaftNode>>().GetAsync();

        Assert.Equal("/user/raft", node.Path.ToStringWithoutAddress());
        await host.StopAsync();
    }

    [Fact]
    public void A_server_without_a_state_machine_is_refused_at_once()
    {
        var refused = Assert.Throws<RaftConfigurationException>(() => Built(akka => akka.WithRaft(options =>
        {
            Server(options);
            options.StateMachine = null;
            options.Cluster = "";
            options.DataDirectory = "";
        })));

        foreach (var missing in (string[])["StateMachine", "Cluster", "DataDirectory"])
            Assert.Single(refused.Mistakes, mistake => mistake.StartsWith(missing, StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_that_is_not_among_its_members_is_refused_at_once()
    {
        var refused = Assert.Throws<RaftConfigurationException>(() => Built(akka => akka.WithRaft(options =>
        {
            Server(options);
            options.Server = "n9";
        })));

        Assert.Contains("n9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("n1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_made_in_code_keep_the_rules_of_those_in_files()
    {
        var refused = Assert.Throws<RaftConfigurationException>(() => Built(akka => akka.WithRaft(options =>
        {
            Server(options);
            options.Tune = settings => settings with
            {
                HeartbeatInterval = settings.ElectionTimeoutMin, WindowEntriesMax = 0,
            };
        })));

        Assert.Contains("HeartbeatInterval", refused.Mistakes[0], StringComparison.Ordinal);
        Assert.Contains("WindowEntriesMax", refused.Mistakes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_was_never_configured_says_how_to()
    {
        using var host = Host(services => services.AddAkka("app", akka => akka.WithRaft(Server)).AddRaftClient());
        await host.StartAsync();

        var missing = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<RaftClient>());

        Assert.Contains("WithRaftClient", missing.Message, StringComparison.Ordinal);
        await host.StopAsync();
    }

    private IHost ServerAndClient() => Host(services => services
        .AddAkka("app", akka => akka.WithRaft(Server).WithRaftClient(options =>
        {
            options.Cluster = "hosted";
            options.Seeds.Add(_address);
        }))
        .AddRaftClient()
        .AddSingleton<KeyValueClient>());

    private void Server(RaftOptions options)
    {
        options.Cluster = "hosted";
        options.Server = "n1";
        options.Members["n1"] = _address;
        options.DataDirectory = Path.Combine(_directory, "n1");
        options.StateMachine = () => new KeyValueMachine();
    }

    private static IHost Host(Action<IServiceCollection> configure)
    {
        var builder = new HostApplicationBuilder();
        configure(builder.Services);
        return builder.Build();
    }

    private static void Built(Action<AkkaConfigurationBuilder> configure) =>
        Host(services => services.AddAkka("app", (akka, _) => configure(akka))).StartAsync().GetAwaiter().GetResult();

    private static string Text(KeyValueEntry? entry) => System.Text.Encoding.UTF8.GetString(entry!.Value.Span);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
