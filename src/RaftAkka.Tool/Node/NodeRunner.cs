using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RaftAkka.Hosting;
using RaftAkka.KeyValue;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Output;

namespace RaftAkka.Tool.Node;

/// <summary><c>raftakka node</c>: hosts one server until it is told to stop, or breaks.</summary>
/// <param name="console">Where the ready line goes.</param>
/// <param name="stop">Tells it to stop; it may have been told before it starts.</param>
internal sealed class NodeRunner(ToolConsole console, CancellationToken stop)
{
    // Clients look for servers in a system of this name, unless their server-system says otherwise.
    private const string SystemName = "raftakka";

    // The key-value store is done with a command within microseconds, and with a page of a list within milliseconds: it has
    // its turn on the thread of the actors that told it something, behind all others. See reference.conf.
    private const string StoreOnSharedThreads =
        """
        raft.machine-dispatcher {
          type = "RaftAkka.Dispatch.HandOnDispatcherConfigurator, RaftAkka"
          last = on
          throughput = 1
        }
        """;

    // Together less than the five seconds in which a node that is told to stop has to be gone.
    private static readonly TimeSpan HostStopPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SystemStopPatience = TimeSpan.FromSeconds(2);

    public async Task<int> RunAsync(NodeArguments arguments)
    {
        var file = NodeFile.Load(arguments);
        var settings = file.Settings;
        var news = new TaskCompletionSource<(Task Ready, Task<Exception> Failed)>();
        using var host = Build(file, arguments.Verbose, news);

        if (stop.IsCancellationRequested) return ExitCode.Done;
        var system = await StartAsync(host, settings);
        try
        {
            var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
            using var stopping = stop.Register(lifetime.StopApplication);
            if (arguments.StopOnInputEnd) StopOnInputEnd(lifetime);
            return await ServeAsync(host, settings, await news.Task);
        }
        finally
        {
            // The node's configuration has coordinated shutdown end nothing: see node.conf.
            await Task.WhenAny(system.Terminate(), Task.Delay(SystemStopPatience));
        }
    }

    private static IHost Build(
        NodeFile file, bool verbose, TaskCompletionSource<(Task Ready, Task<Exception> Failed)> news)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = HostStopPatience);
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.Services.AddAkka(SystemName, akka => akka
            .AddHocon(StandardErrorLogger.Hocon(verbose), HoconAddMode.Prepend)
            .AddHocon(file.Config, HoconAddMode.Append)
            .AddHocon(StandardErrorLogger.DefaultLevel(verbose), HoconAddMode.Append)
            .AddHocon(StoreOnSharedThreads, HoconAddMode.Append)
            .AddHocon(ReferenceConfig.Node, HoconAddMode.Append)
            .WithActors((system, _) => news.SetResult(NodeWatch.Start(system)))
            .WithRaft(file.Settings, () => new KeyValueMachine()));
        return builder.Build();
    }

    private static async Task<ActorSystem> StartAsync(IHost host, RaftNodeSettings settings)
    {
        try
        {
            await OwnAddress.TryAsync(settings);
            // Made here rather than by the hosted service, which would write what it throws to standard output.
            var system = host.Services.GetRequiredService<ActorSystem>();
            await host.StartAsync();
            return system;
        }
        catch (Exception exception) when (NodeFailures.ExplainStart(exception, settings) is { } failure)
        {
            throw failure;
        }
    }

    private async Task<int> ServeAsync(IHost host, RaftNodeSettings settings, (Task Ready, Task<Exception> Failed) news)
    {
        var told = host.WaitForShutdownAsync();
        if (await Task.WhenAny(news.Ready, news.Failed, told) == news.Ready)
        {
            console.Out.WriteLine(ReadyLine(settings));
            await Task.WhenAny(news.Failed, told);
        }
        if (!news.Failed.IsCompleted)
        {
            await told;
            return ExitCode.Done;
        }

        var failure = NodeFailures.Explain(await news.Failed);
        await host.StopAsync();
        throw failure;
    }

    private static string ReadyLine(RaftNodeSettings settings)
    {
        var listens = settings.Listen is null ? "" : $"listens on {settings.Listen}, ";
        return $"raft node {settings.Server} is ready: cluster {settings.Cluster}, {OwnAddress.Of(settings)}, {listens}"
            + $"data {Path.GetFullPath(settings.DataDirectory)}";
    }

    // Whoever holds the other end of the pipe is gone when it ends, even where it was killed.
    private void StopOnInputEnd(IHostApplicationLifetime lifetime) =>
        new Thread(() =>
        {
            while (console.In.ReadByte() >= 0)
            {
            }
            lifetime.StopApplication();
        })
        { IsBackground = true, Name = "end of input" }.Start();

    // The host's own would take the signals, and would take one that comes while it starts for a failure.
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
