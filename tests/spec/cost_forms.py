"""Closed forms of the protocols as specified before the planners were written.
The tests compare with them; measured runs win over both.
Pure stdlib. Sizes in bytes; 'up' = client->server, 'dn' = server->client."""
import math
np2=lambda v:1<<(v-1).bit_length() if v>1 else 1
cd=lambda a,b:-(-a//b)
clog2=lambda q:(q-1).bit_length()
def naf_w(k):
    k=abs(k);w=0
    while k:
        if k&1:
            d=2-(k%4); w+=1; k-=d
        k//=2
    return w
# ---------- DELPHI ----------
def delphi_conv(H,W,Ci,Co,f,N=8192,CT=524393):
    S=np2(H*W); cn=(N//2)//S; assert cn>=1
    inp=cd(Ci,2*cn); out=cd(Co,2*cn); ih=cd(Ci,cn); oh=cd(Co,cn)
    hp=oh+1 if (oh%2 and oh>1) else oh
    hr=cn if (ih>1 or oh>1) else max(cn,Co,Ci)
    # last-half repetition optimisation (conv2d.cpp:conv_metadata)
    oil=((Co%(2*cn))%cn) if Co%cn else cn
    rep=np2(oil); lastrep=(oil<=cn//2) and (oh%2==1)
    lr=rep if lastrep else hr
    convs=lr if oh==1 else hp*hr
    perm_rots=lr if oh==1 else hr
    mults=(perm_rots if oh==1 else hp*hr)*inp*f*f
    ks=(hp*inp)*sum(naf_w((-((-r)%(rep if lastrep else cn)))*S) for r in range(1,perm_rots))
    if lastrep:
        x=cn//2
        while x>=rep: ks+=hp*inp; x//=2
    cols=(hp//2)*inp if hp>1 else (inp if ih>1 else 0)
    return dict(S=S,cn=cn,inp=inp,out=out,enc=inp*f*f,up=inp*f*f*CT+8,dn=out*CT+8,mults=mults,ks=ks+cols,dec=out)
def delphi_relu_ands(Lb=42,tz=36,e=8):
    return (Lb-1)+2*Lb+((Lb-1)-tz)+(e+8)+(e+9)+(Lb-1)+2*Lb
def delphi_relu(n,Lb=42,A=288,blk=24,lab=28):
    gc=8+blk*(2*A+2*Lb+2)
    return dict(off_dn_gc=n*(gc+Lb*lab)+16*cd(n,8192),off_dn_ot=n*Lb*32,off_up_ot=n*Lb*16,
                on_dn=n*(Lb*lab+8)+6,store_client=n*(gc+2*Lb*lab))
# ---------- SCI ----------
def q_T(l,m=4):
    q=cd(l,m); return q,2*q-2-clog2(q)
def sci_relu_ring(l,m=4):
    q,T=q_T(l-1,m); M=1<<m
    ab=q*M*2 + T*16 + 2*T + (2*l) + 128     # ALICE->BOB bits: leaf msgs, triple OT msgs(32/2), openings, MUX send, MUX recv-col
    ba=q*256 + T*128 + 2*T + 128 + 2*l
    return dict(q=q,T=T,ab=ab,ba=ba,bits=ab+ba,flights=2+2+clog2(q)+2)
def sci_relu_field(l,m=4):
    q,T=q_T(l+1,m); M=1<<m
    ab=q*M*4 + 2*T*16 + 2*2*T + 4 + 2*l + 128
    ba=q*256 + 2*T*128 + 2*2*T + 256 + 128 + 2*l
    return dict(q=q,T=T,ab=ab,ba=ba,bits=ab+ba,flights=2+2+clog2(q)+2+2)
def sci_trunc_ring(l,f,m=4):
    """Truncation::truncate without known msb: wrap on f bits, mill+eq on l-f bits, AND, 2 B2A COTs"""
    q1,T1=q_T(f,m); q2=cd(l-f,m); T2=2*(q2-1)
    M=1<<m
    bits=q1*(256+2*M)+T1*148+q2*(256+2*M)+T2*148+144+(128+f)+(128+l)
    return bits
def sci_he_conv(H,W,Ci,Co,fh,fw,ph=0,pw=0,sh=1,sw=1,Nmin=8192):
    Hp,Wp=H+2*ph,W+2*pw; tot=dict(rt=0,up=0,dn=0,mults=0,ks=0,inp=0,out=0,keygen_extra=0,N=[])
    limH=fh+((Hp-fh)//sh)*sh; limW=fw+((Wp-fw)//sw)*sw
    for a in range(sh):
        for b in range(sw):
            lH,lW=cd(limH-a,sh),cd(limW-b,sw); lf,lg=cd(fh-a,sh),cd(fw-b,sw)
            if lf<=0 or lg<=0: continue
            S=np2(lH*lW); N=max(Nmin,2*S); cn=(N//2)//S
            inp=cd(Ci,2*cn); out=cd(Co,2*cn); ih=cd(Ci,cn); oh=cd(Co,cn)
            hp=oh+1 if (oh%2 and oh>1) else oh
            hr=cn if (ih>1 or oh>1) else max(cn,Co,Ci)
            convs=hp*hr
            tot['rt']+=1; tot['inp']+=inp; tot['out']+=out; tot['N'].append(N)
            tot['up']+=inp*2*N*3*8; tot['dn']+=out*2*N*1*8
            tot['mults']+=convs*inp*lf*lg
            ks=inp*sum(naf_w(i*lW+j) for i in range(lf) for j in range(lg))
            ks+=hp*sum(naf_w(((-r)%cn)*S) for r in range(hr))
            ks+=(hp//2) if hp>1 else (1 if (oh==1 and ih>1) else 0)
            tot['ks']+=ks
    return tot
def galois_bytes(N,data_primes,key_primes,seeded):
    lg=N.bit_length()-1; nkeys=2*(lg-1)
    return nkeys, nkeys*data_primes*(1 if seeded else 2)*key_primes*N*8
# ---------- Cheetah ----------
def cheetah_conv(H,W,Ci,Co,fh,fw,ph=0,pw=0,s=1,N=4096,CT_UP=62419,lbits=37,qbits=60):
    Hp,Wp=H+2*ph,W+2*pw
    Hs=cd(Hp,s) if fh==1 else Hp; Ws=cd(Wp,s) if fw==1 else Wp
    if Hs*Ws<=N:
        c=min(N//(Hs*Ws),Ci,N//(fh*fw)); bh=bw=1; sh_,sw_=Hs,Ws
    else:
        c=1; sh_=min(int(math.sqrt(N*Hs/Ws)),Hs); sw_=min(N//sh_,Ws)
        if abs(sw_-sh_)<2: sh_=sw_=min(sh_,sw_)
        bh=cd(Hs-fh+1,sh_-fh+1); bw=cd(Ws-fw+1,sw_-fw+1)
    ni=cd(Ci,c)*bh*bw; no=Co*bh*bw
    oh=(Hp-fh)//s+1; ow=(Wp-fw)//s+1
    mults=Co*cd(Ci,c)*bh*bw
    dlt=qbits-(lbits+1)                        # n_delta_bits (t=2^l has bit_count l+1)
    b0=qbits-(dlt-1); nv=int(math.log2(12*N*math.sqrt(1/18))); b1=qbits-(dlt-nv)
    dn=no*(N*b1/8)+Co*oh*ow*b0/8
    return dict(ch_per_ct=c,ni=ni,no=no,mults=mults,up=ni*CT_UP,up_raw=ni*N*16,dn=dn,b0=b0,b1=b1)
def cheetah_fc(ni_,no_,N=4096):
    best=None
    for d0 in range(1,min(N,no_)+1):
        d1=min(ni_,N//d0)
        if d1<1: break
        c=cd(ni_,d1)+cd(no_,d0)
        if best is None or c<best[0]: best=(c,d0,d1)
    _,d0,d1=best
    return dict(d0=d0,d1=d1,ct_in=cd(ni_,d1),ct_out=cd(no_,d0),mults=cd(ni_,d1)*cd(no_,d0))
FERRET=dict(n=10608640,k=589824,t=1295,h=13,npre=649728,kpre=36288,tpre=1269,hpre=9)
def ferret():
    F=FERRET; M=F['k']+F['t']*F['h']+128; usable=F['n']-M
    s2r=F['t']*(2*F['h']+1)*16; r2s=F['t']*F['h']/8
    base=(F['kpre']+128+F['tpre']*F['hpre'])
    boot_r2s=base*16+F['tpre']*F['hpre']/8; boot_s2r=F['tpre']*(2*F['hpre']+1)*16
    return dict(usable=usable,ext_s2r=s2r,ext_r2s=r2s,bits_per_cot=(s2r+r2s)*8/usable,base_cots=base,boot_r2s=boot_r2s,boot_s2r=boot_s2r)
def cheetah_relu(l,m=4,cmp_bits=None):
    w=(l-1) if cmp_bits is None else cmp_bits
    q,T=q_T(w,m); M=1<<m
    ab=q*M*2+2*T+(l+1); ba=q*m+2*T+(l+1)
    return dict(q=q,T=T,ab=ab,ba=ba,bits=ab+ba,rcot_straight=q*m+T+1,rcot_rev=T+1,flights=2+clog2(q)+2)
def cheetah_trunc(l,f,m=4,mode='msb0'):
    if mode=='msb0': return dict(bits=(1+2)+(1+f),rcot=2,flights=4)
    q,T=q_T(l,m); return dict(bits=q*(32+m)+4*T+(1+f),rcot=q*m+2*T+1,flights=2+clog2(q)+2)
# ---------- CrypTen ----------
def crypten_relu(): return dict(each_way=16+6*24+8+16,rounds=1+6+1+1)
def espn(d): n=(d+1)*(d+2)//2-3; return dict(prods=n,each_way=2*n*8,min_each_way=n*8,rounds=1)
def honeybadger(d,grouped=True): return dict(each_way=8*(d+1 if grouped else 1),rounds=1)
