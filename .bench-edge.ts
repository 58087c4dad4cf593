import { startEdge } from './src/http/edge.fixture.ts';
import http from 'node:http'; import net from 'node:net'; import { fork } from 'node:child_process';
const me = '/work/main/.bench-edge.ts';
if (process.argv[2] === 'client') {
  const port = Number(process.argv[3]); let n = 0; const req = Buffer.from('GET /public/open HTTP/1.1\r\nHost: s3.example.com\r\nUser-Agent: Boto3/1.34\r\nx-amz-date: 20200101\r\n\r\n');
  for (let i=0;i<64;i++){ const c = net.connect(port,'127.0.0.1',()=>c.write(req)); let buf=''; c.on('data',d=>{ buf+=d.toString('latin1'); if (buf.endsWith('hello')) { n++; buf=''; c.write(req);} }); c.on('error',()=>{}) }
  setTimeout(()=>{n=0; process.send!('start'); setTimeout(()=>{process.send!(n); process.exit();},4000)},1000);
} else {
  const edge = await startEdge({deps:{observer:{started(){},ended(){}}}});
  (edge as any).seen.push = () => 0;
  const raw = http.createServer((q,s)=>{s.writeHead(200,['Content-Length','5','ETag','"e"','x-amz-request-id','1234567890123456','x-amz-id-2','host','Server','Kist']);s.end(Buffer.from('hello'))}); raw.listen(0);
  const run = (port:number,name:string)=>new Promise<void>(r=>{ let c0:any; const ch=fork(me,['client',String(port)],{execArgv:['--import','tsx']}); ch.on('message',m=>{ if(m==='start'){c0=process.cpuUsage();return;} const c=process.cpuUsage(c0); console.log(name,(m as number)/4,'req/s cpu us/req',((c.user+c.system)/(m as number)).toFixed(1)); }); ch.on('exit',()=>r()); });
  for (let i=0;i<2;i++){ await run((raw.address() as any).port,'bare'); await run(edge.listener.port,'edge'); } process.exit();
}
