using RaftAkka.Tool.Bench;
using RaftAkka.Tool.Cli;
using RaftAkka.Tool.Cluster;
using RaftAkka.Tool.Node;
using RaftAkka.Tool.Output;
using RaftAkka.Tool.Up;

var console = ToolConsole.OfProcess();
var services = new Services(
    RaftCommands.ConnectAsync,
    new NodeRunner(console).RunAsync,
    new UpRunner(console, RaftCommands.ConnectAsync).RunAsync,
    new BenchRunner(console).RunAsync);
return await new CommandLine(console, services).RunAsync(args);
