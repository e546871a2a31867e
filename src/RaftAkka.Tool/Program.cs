using RaftAkka.Log;
using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Node;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Up;

// What arrives at a socket is handled where it was noticed, instead of by another thread that has to wake up first. It has
// to be said before the first socket is made. At one write in flight this saves a third of the nodes' CPU time. Whoever says
// otherwise from outside is heard.
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(InlineCompletions) is null) Environment.SetEnvironmentVariable(InlineCompletions, "1");

LibC.IgnoreFileSizeSignal();

// A server that is told to stop while it starts stops cleanly, too: from its first moment on. A call of a client that is
// stopped says what is known of its outcome. What has no use for it ends at once.
using var signals = CommandLine.HeedsSignals(args) ? new StopSignals() : null;
var stop = signals?.Token ?? CancellationToken.None;

var console = ToolConsole.OfProcess();
var services = new Services(
    RaftCommands.ConnectAsync,
    new NodeRunner(console, stop).RunAsync,
    new UpRunner(console, RaftCommands.ConnectAsync).RunAsync,
    new BenchRunner(console).RunAsync);
return await new CommandLine(console, services).RunAsync(args, stop);
